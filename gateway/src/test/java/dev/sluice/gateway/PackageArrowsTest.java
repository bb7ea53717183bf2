// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.sluice.gateway.loop.VertxEventLoop;
import dev.sluice.gateway.ops.GatewayMetrics;
import dev.sluice.gateway.ops.HubMetrics;

/** Imports go one way, as the package comments say. */
@AnalyzeClasses(packages = "dev.sluice.gateway", importOptions = ImportOption.DoNotIncludeTests.class)
class PackageArrowsTest {

    private static final String ROOT = "dev.sluice.gateway";

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching(ROOT + ".(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule REPLAY_SEES_NOBODY = sees("replay");

    @ArchTest
    static final ArchRule LOOP_SEES_NOBODY = sees("loop");

    @ArchTest
    static final ArchRule OPS_SEES_REPLAY = sees("ops", "replay");

    @ArchTest
    static final ArchRule ADMISSION_SEES_NOBODY = sees("admission");

    @ArchTest
    static final ArchRule HUB_SEES_REPLAY_AND_LOOP = sees("hub", "replay", "loop");

    @ArchTest
    static final ArchRule CANARY_SEES_HUB = sees("canary", "hub", "loop");

    @ArchTest
    static final ArchRule TLS_SEES_NOBODY = sees("tls");

    @ArchTest
    static final ArchRule ADMIN_SEES_ADMISSION = sees("admin", "admission");

    @ArchTest
    static final ArchRule FLAGS_SEES_ADMIN = sees("flags", "admin");

    @ArchTest
    static final ArchRule CENSUS_SEES_NOBODY = sees("census");

    @ArchTest
    static final ArchRule SESSION_SEES_HUB = sees("session", "census", "hub", "replay", "loop");

    @ArchTest
    static final ArchRule TRANSPORT_SEES_SESSION_AND_ADMISSION =
            sees("transport", "session", "census", "admission", "hub", "replay", "loop");

    @ArchTest
    static final ArchRule CONSOLE_SEES_ADMIN_SESSION_AND_HUB = sees("console", "admin", "session", "hub", "replay");

    /** Only the doors know sockets, and one class whose loop it is: the hub and the sessions can be tested without one. */
    @ArchTest
    static final ArchRule ONLY_TRANSPORT_KNOWS_NETTY = noClasses()
            .that()
            .resideInAPackage(ROOT + "..")
            .and()
            .resideOutsideOfPackage(ROOT + ".transport..")
            .and(not(equivalentTo(VertxEventLoop.class)))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.netty..");

    @ArchTest
    static final ArchRule NEITHER_HUB_NOR_SESSION_KNOWS_HTTP = noClasses()
            .that()
            .resideInAnyPackage(ROOT + ".hub..", ROOT + ".session..", ROOT + ".replay..", ROOT + ".loop..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx.core.http..", "io.vertx.core.net..", "io.vertx.ext.web..");

    /** Where tracing is off, none of it is loaded (docs/adr/0014). */
    @ArchTest
    static final ArchRule NOBODY_KNOWS_OPENTELEMETRY = noClasses()
            .that()
            .resideInAPackage(ROOT + "..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.opentelemetry..");

    @ArchTest
    static final ArchRule REPLAY_IS_PURE = noClasses()
            .that()
            .resideInAPackage(ROOT + ".replay..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx..", "java.time..", "java.util.concurrent..");

    private static ArchRule sees(String name, String... seen) {
        String[] packages = new String[seen.length + 1];
        packages[0] = ROOT + "." + name + "..";
        for (int i = 0; i < seen.length; i++) {
            packages[i + 1] = ROOT + "." + seen[i] + "..";
        }
        DescribedPredicate<JavaClass> allowed = not(resideInAPackage(ROOT + ".."))
                .or(resideInAnyPackage(packages))
                .or(equivalentTo(GatewayMetrics.class).or(equivalentTo(HubMetrics.class)));
        return classes()
                .that()
                .resideInAPackage(packages[0])
                .should()
                .onlyDependOnClassesThat(allowed.as("lie in %s or are GatewayMetrics", String.join(", ", packages)));
    }
}
