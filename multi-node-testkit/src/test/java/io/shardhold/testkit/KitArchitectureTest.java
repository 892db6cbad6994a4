package io.shardhold.testkit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.Architectures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How the kit is built: words for faults below, rungs above them, the test's own API on top. */
final class KitArchitectureTest {
    private static final int MOST_LINES = 600;
    private static final JavaClasses KIT = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.shardhold.testkit");

    @Test
    void rungsKnowNothingOfTheTestsThatRunOnThem() {
        Architectures.layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("soak")
                .definedBy("io.shardhold.testkit.soak..")
                .layer("api")
                .definedBy("io.shardhold.testkit")
                .layer("simulated")
                .definedBy("io.shardhold.testkit.simulated..")
                .layer("loopback")
                .definedBy("io.shardhold.testkit.loopback..")
                .layer("rung")
                .definedBy("io.shardhold.testkit.rung..")
                .layer("fault")
                .definedBy("io.shardhold.testkit.fault..")
                .layer("history")
                .definedBy("io.shardhold.testkit.history..")
                .whereLayer("soak")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("api")
                .mayOnlyBeAccessedByLayers("soak")
                .whereLayer("simulated")
                .mayOnlyBeAccessedByLayers("api")
                .whereLayer("loopback")
                .mayOnlyBeAccessedByLayers("api")
                .whereLayer("rung")
                .mayOnlyBeAccessedByLayers("api", "simulated", "loopback")
                .whereLayer("history")
                .mayOnlyBeAccessedByLayers("api")
                .check(KIT);
        slices().matching("io.shardhold.testkit.(**)").should().beFreeOfCycles().check(KIT);
    }

    @Test
    void simulationTakesTimeChanceAndOrderFromItsSeedOnly() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.shardhold.testkit", "io.shardhold.testkit.simulated..", "io.shardhold.testkit.history..")
                .should()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .dependOnClassesThat()
                .belongToAnyOf(Random.class, ThreadLocalRandom.class, UUID.class, Thread.class)
                .check(KIT);
    }

    @Test
    void nettyIsForTheLoopbackRungAndJUnitForTheExtension() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.shardhold.testkit.loopback..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .check(KIT);
        noClasses()
                .that()
                .haveSimpleNameNotStartingWith("MultiNodeTest")
                .and()
                .haveNameNotMatching(".*MultiNodeExtension.*")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.junit..", "org.opentest4j..")
                .check(KIT);
    }

    @Test
    void filesStayReadable() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            List<Path> java = files.filter(f -> f.toString().endsWith(".java")).toList();
            assertThat(java).hasSizeGreaterThan(50);
            for (Path file : java) {
                assertThat(Files.readAllLines(file)).as("%s", file).hasSizeLessThanOrEqualTo(MOST_LINES);
            }
        }
    }
}
