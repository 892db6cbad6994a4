package io.shardhold.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;

/** The command that replays one run of a test, as the build tool that runs it would be called. */
final class ReplayCommand {
    static final String SEED = "shardhold.seed";
    static final String SEEDS = "shardhold.seeds";
    static final String RUNG = "shardhold.rung";

    private ReplayCommand() {}

    /** For a test method. */
    static String ofTest(String className, String method, long seed, String rung) {
        String properties =
                "-D" + SEED + "=" + seed + (rung.equals(SpecSetup.DEFAULT_RUNG) ? "" : " -D" + RUNG + "=" + rung);
        if (System.getProperty("org.gradle.test.worker") != null) {
            return "gradle test --tests '" + className + "." + method + "' " + properties
                    + "   (with systemProperties that begin with 'shardhold.' passed on to the test task)";
        }
        String simple = className.substring(className.lastIndexOf('.') + 1);
        return "mvn " + module() + "test -Dtest='" + simple + "#" + method + "' " + properties;
    }

    /** For a run without a test framework. */
    static String ofProperty(long seed) {
        return "-D" + SEED + "=" + seed + "   (on the command line of the JVM that ran it)";
    }

    /** In a build of several modules, the one that is being tested, with what it is made of. */
    private static String module() {
        Path folder =
                Paths.get(System.getProperty("basedir", "")).toAbsolutePath().normalize();
        Path parent = folder.getParent();
        return parent != null && Files.exists(folder.resolve("pom.xml")) && Files.exists(parent.resolve("pom.xml"))
                ? "-pl " + folder.getFileName() + " -am -Dsurefire.failIfNoSpecifiedTests=false "
                : "";
    }
}
