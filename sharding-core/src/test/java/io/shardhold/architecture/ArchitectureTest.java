package io.shardhold.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rules of the house that a compiler does not know: who may import whom, how many doors, how long a file. */
class ArchitectureTest {
    private static final String ROOT = "io.shardhold";
    private static final int MAX_LINES = 600;

    /** Each package, and the packages it may import beside itself; what is not listed is not allowed. */
    private static final Map<String, Set<String>> IMPORTS = new TreeMap<>();

    /** Packages that behave: one public type each. Packages of vocabulary may have several and are not listed. */
    private static final List<String> ONE_DOOR =
            internal("membership", "detector", "lease", "coordinator", "region", "shard", "netty", "node", "driver");

    private static final SliceAssignment EACH_PACKAGE = new SliceAssignment() {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            String name = type.getPackageName();
            return isOurs(name) ? SliceIdentifier.of(name) : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "packages of " + ROOT;
        }
    };

    static {
        List<String> lease = List.of("lease");
        List<String> cluster = join(lease, "cluster");
        List<String> entity = join(cluster, "entity");
        List<String> allocation = join(cluster, "allocation");
        List<String> config = join(entity, "allocation", "config");
        List<String> protocol = join(config, "internal.protocol");
        List<String> signal = join(protocol, "internal.signal");
        List<String> kernel = join(signal, "internal.kernel");

        allow("lease", lease);
        allow("cluster", cluster);
        allow("entity", entity);
        allow("allocation", allocation);
        allow("config", config);
        allow("internal.protocol", protocol);
        allow("internal.signal", signal);
        allow("internal.kernel", kernel);
        for (String machine : List.of("membership", "detector", "lease", "crdt", "shard", "wire")) {
            allow("internal." + machine, kernel);
        }
        allow("internal.coordinator", join(kernel, "internal.crdt"));
        allow("internal.region", join(kernel, "internal.shard"));
        allow("internal.netty", join(kernel, "internal.wire"));
        allow(
                "internal.node",
                join(
                        kernel,
                        "internal.coordinator",
                        "internal.crdt",
                        "internal.region",
                        "internal.shard",
                        "internal.membership",
                        "internal.detector",
                        "internal.lease"));
        allow("internal.driver", join(kernel, "internal.node", "internal.region", "internal.netty"));
        allow("", join(config, "internal.driver"));
    }

    private static JavaClasses classes;

    @BeforeAll
    static void readBytecode() {
        classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(ROOT);
    }

    @Test
    void packagesImportOnlyWhatTheDesignDraws() {
        classes()
                .should(importOnlyWhatTheTableAllows())
                .because("docs/adr/0001: a class that needs a peek into a sibling wants a signal")
                .allowEmptyShould(true)
                .check(classes);
    }

    @Test
    void packagesFormNoCycle() {
        slices().assignedFrom(EACH_PACKAGE)
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(classes);
    }

    @Test
    void regionNeverReachesTheCoordinator() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".internal.region..")
                .should()
                .transitivelyDependOnClassesThat()
                .resideInAPackage(ROOT + ".internal.coordinator..")
                .because("a region talks to the coordinator by messages, wherever it lives")
                .allowEmptyShould(true)
                .check(classes);
    }

    @Test
    void onlyTheNettyPackageUsesNetty() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".internal.netty..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.netty..")
                .because("the transport is a port of the kernel")
                .allowEmptyShould(true)
                .check(classes);
    }

    @Test
    void onlyConfigEntityAndTheJacksonPackageUseJackson() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + ".config", ROOT + ".entity")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("com.fasterxml..")
                .because("Jackson is the default codec of user messages and nothing else")
                .allowEmptyShould(true)
                .check(classes);
    }

    @Test
    void packagesThatBehaveHaveAtMostOnePublicType() {
        Map<String, Set<String>> doors = new TreeMap<>();
        for (JavaClass type : classes) {
            if (type.isTopLevelClass() && type.getModifiers().contains(JavaModifier.PUBLIC)) {
                doors.computeIfAbsent(type.getPackageName(), name -> new TreeSet<>())
                        .add(type.getSimpleName());
            }
        }
        List<String> offenders = ONE_DOOR.stream()
                .filter(name -> doors.getOrDefault(name, Set.of()).size() > 1)
                .map(name -> name + " has " + doors.get(name) + ": keep one public, make the rest package-private")
                .toList();
        assertThat(offenders).as("packages with more than one public door").isEmpty();
    }

    @Test
    void noSourceFileIsLongerThanSixHundredLines() throws IOException {
        Path root = repositoryRoot();
        List<String> tooLong;
        try (Stream<Path> modules = Files.list(root)) {
            tooLong = modules.map(module -> module.resolve("src"))
                    .filter(Files::isDirectory)
                    .flatMap(ArchitectureTest::javaFiles)
                    .filter(file -> lines(file) > MAX_LINES)
                    .map(file -> root.relativize(file) + " has " + lines(file) + " lines, at most " + MAX_LINES)
                    .sorted()
                    .toList();
        }
        assertThat(tooLong).as("source files that want to be two").isEmpty();
    }

    private static ArchCondition<JavaClass> importOnlyWhatTheTableAllows() {
        return new ArchCondition<>("import only what the table in this test allows") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                String from = type.getPackageName();
                Set<String> allowed = IMPORTS.get(from);
                if (allowed == null) {
                    String message =
                            type.getName() + " is in a package that is not drawn: add " + from + " to the table";
                    events.add(SimpleConditionEvent.violated(type, message));
                    return;
                }
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    String to =
                            dependency.getTargetClass().getBaseComponentType().getPackageName();
                    if (isOurs(to) && !allowed.contains(to)) {
                        String message = from + " may not import " + to + ": " + dependency.getDescription();
                        events.add(SimpleConditionEvent.violated(dependency, message));
                    }
                }
            }
        };
    }

    private static boolean isOurs(String packageName) {
        return packageName.equals(ROOT) || packageName.startsWith(ROOT + ".");
    }

    private static void allow(String from, Collection<String> to) {
        Set<String> targets =
                to.stream().map(ArchitectureTest::qualified).collect(Collectors.toCollection(TreeSet::new));
        targets.add(qualified(from));
        IMPORTS.put(qualified(from), targets);
    }

    private static String qualified(String name) {
        return name.isEmpty() ? ROOT : ROOT + "." + name;
    }

    private static List<String> join(List<String> base, String... more) {
        return Stream.concat(base.stream(), Stream.of(more)).toList();
    }

    private static List<String> internal(String... names) {
        return Stream.of(names).map(name -> ROOT + ".internal." + name).toList();
    }

    private static Path repositoryRoot() {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve(".mvn"))) {
                return folder;
            }
        }
        throw new IllegalStateException(
                "no folder with .mvn above " + Path.of("").toAbsolutePath());
    }

    private static Stream<Path> javaFiles(Path src) {
        try (Stream<Path> files = Files.walk(src)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int lines(Path file) {
        try {
            return Files.readAllLines(file).size();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
