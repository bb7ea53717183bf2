// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.broken;

import dev.sluice.testkit.history.Promise;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.pool.TypePool;

/**
 * The product with a fault in it.
 *
 * @param name what is wrong with it
 * @param trouble what brings it to light
 * @param promise which promise it breaks, null if none: then it differs from the product in what clients do not see
 * @param breaks the fault
 */
record BrokenBuild(String name, Trouble trouble, Promise promise, List<Break> breaks) {

    /** Copies. */
    BrokenBuild {
        breaks = List.copyOf(breaks);
    }

    static BrokenBuild of(String name, Trouble trouble, Promise promise, Break... breaks) {
        return new BrokenBuild(name, trouble, promise, Arrays.asList(breaks));
    }

    /**
     * Writes the changed classes into a folder.
     *
     * @throws IllegalStateException when the product has no longer what is to be broken
     */
    void write(Path jar, Path folder) throws IOException {
        Map<String, List<Break>> byType =
                breaks.stream().collect(Collectors.groupingBy(Break::type, LinkedHashMap::new, Collectors.toList()));
        try (JarFile file = new JarFile(jar.toFile());
                ClassFileLocator locator = new ClassFileLocator.Compound(
                        new ClassFileLocator.ForJarFile(file),
                        ClassFileLocator.ForClassLoader.of(Wrong.class.getClassLoader()),
                        ClassFileLocator.ForClassLoader.ofPlatformLoader())) {
            TypePool pool = TypePool.Default.WithLazyResolution.of(locator);
            for (Map.Entry<String, List<Break>> type : byType.entrySet()) {
                write(pool.describe(type.getKey()).resolve(), type.getValue(), pool, locator, folder.toFile());
            }
            Path wrong = folder.resolve(Wrong.class.getName().replace('.', '/') + ".class");
            Files.createDirectories(wrong.getParent());
            Files.write(wrong, locator.locate(Wrong.class.getName()).resolve());
        }
    }

    private static void write(
            TypeDescription type, List<Break> breaks, TypePool pool, ClassFileLocator locator, File folder)
            throws IOException {
        DynamicType.Builder<?> builder = new ByteBuddy().redefine(type, locator);
        Map<Break, AtomicInteger> changes = new LinkedHashMap<>();
        for (Break one : breaks) {
            AtomicInteger count = new AtomicInteger();
            changes.put(one, count);
            builder = one.change().apply(builder, one.in(type), count);
        }
        try (DynamicType.Unloaded<?> broken = builder.make(pool)) {
            broken.saveIn(folder);
        }
        changes.forEach((one, count) -> {
            if (count.get() == 0) {
                throw new IllegalStateException("nothing was changed in " + one.type() + "." + one.method());
            }
        });
    }

    @Override
    public String toString() {
        return name;
    }
}
