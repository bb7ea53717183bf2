// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.cluster;

import static net.bytebuddy.matcher.ElementMatchers.any;
import static net.bytebuddy.matcher.ElementMatchers.isDeclaredBy;
import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArguments;

import dev.sluice.publisher.PushSender;
import dev.sluice.testkit.cluster.inside.HazelcastClock;
import dev.sluice.testkit.cluster.inside.NodeClock;
import dev.sluice.testkit.cluster.inside.PushGate;
import dev.sluice.testkit.cluster.inside.Switches;
import io.vertx.core.Vertx;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.asm.MemberSubstitution;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.pool.TypePool;

/**
 * The product's classes with switches in them: where they ask for the wall clock or for the way to push, they get ours. Made from the jar under
 * test by exchanging these few calls and nothing else, and put before it on the class path; the product itself has no switch for tests.
 */
final class PatchedClasses {

    private record Call(Class<?> owner, String name, Method instead) {

        static Call of(Class<?> owner, String name, Class<?> insteadOwner, String insteadName, Class<?>... parameters) {
            try {
                return new Call(owner, name, insteadOwner.getMethod(insteadName, parameters));
            } catch (NoSuchMethodException e) {
                throw new IllegalStateException(e);
            }
        }

        /** As it stands in the constants of a class that makes this call. */
        boolean isIn(String constants) {
            return constants.contains(owner.getName().replace('.', '/')) && constants.contains(name);
        }
    }

    private static final List<Call> CALLS = List.of(
            Call.of(PushSender.class, "bus", PushGate.class, "bus", Vertx.class),
            Call.of(System.class, "currentTimeMillis", NodeClock.class, "wallMillis"),
            Call.of(Clock.class, "systemUTC", NodeClock.class, "utc"),
            Call.of(InstantSource.class, "system", NodeClock.class, "source"),
            Call.of(Instant.class, "now", NodeClock.class, "now"));

    private static final List<Class<?>> OURS =
            List.of(Switches.class, PushGate.class, NodeClock.class, HazelcastClock.class);

    private PatchedClasses() {}

    /** Writes the classes into the folder. */
    static void write(Path jar, Path folder) throws IOException {
        Files.createDirectories(folder);
        copyOurs(folder);
        try (JarFile file = new JarFile(jar.toFile());
                ClassFileLocator locator = new ClassFileLocator.Compound(
                        new ClassFileLocator.ForJarFile(file), ClassFileLocator.ForClassLoader.ofPlatformLoader())) {
            TypePool pool = TypePool.Default.WithLazyResolution.of(locator);
            List<JarEntry> entries = file.stream()
                    .filter(entry -> entry.getName().matches("dev/sluice/.*\\.class"))
                    .toList();
            for (JarEntry entry : entries) {
                String constants = new String(file.getInputStream(entry).readAllBytes(), StandardCharsets.ISO_8859_1);
                if (CALLS.stream().anyMatch(call -> call.isIn(constants))) {
                    String type = entry.getName().replace(".class", "").replace('/', '.');
                    patch(pool, locator, type, folder.toFile());
                }
            }
        }
    }

    private static void patch(TypePool pool, ClassFileLocator locator, String type, File folder) throws IOException {
        DynamicType.Builder<?> builder =
                new ByteBuddy().redefine(pool.describe(type).resolve(), locator);
        for (Call call : CALLS) {
            builder = builder.visit(MemberSubstitution.relaxed()
                    .method(isDeclaredBy(named(call.owner().getName()))
                            .and(named(call.name()))
                            .and(takesArguments(call.instead().getParameterCount())))
                    .replaceWith(call.instead())
                    .on(any()));
        }
        try (DynamicType.Unloaded<?> patched = builder.make(pool)) {
            patched.saveIn(folder);
        }
    }

    /** With the classes nested in them. */
    private static void copyOurs(Path folder) throws IOException {
        try (ClassFileLocator locator = ClassFileLocator.ForClassLoader.of(PatchedClasses.class.getClassLoader())) {
            for (Class<?> ours : OURS) {
                copy(locator, ours, folder);
                for (Class<?> nested : ours.getDeclaredClasses()) {
                    copy(locator, nested, folder);
                }
            }
        }
    }

    private static void copy(ClassFileLocator locator, Class<?> type, Path folder) throws IOException {
        Path file = folder.resolve(type.getName().replace('.', '/') + ".class");
        Files.createDirectories(file.getParent());
        Files.write(file, locator.locate(type.getName()).resolve());
    }
}
