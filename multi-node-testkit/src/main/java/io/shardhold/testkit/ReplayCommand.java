package io.shardhold.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.OptionalLong;

/** The command that replays one run of a test, as the build tool that runs it would be called. */
final class ReplayCommand {
    static final String SEED = "shardhold.seed";
    static final String SEEDS = "shardhold.seeds";
    static final String RUNG = "shardhold.rung";

    /** As many seeds as one test method may have: a test framework keeps something of each. */
    static final int MOST_SEEDS = 100_000;

    private ReplayCommand() {}

    /** The only seed to run, if the command line names one. */
    static OptionalLong onlySeed() {
        String text = System.getProperty(SEED);
        return text == null ? OptionalLong.empty() : OptionalLong.of(number(SEED, text));
    }

    /** How many seeds a test method runs: as many as the command line says, or else as many as it says itself. */
    static int seedCount(int usual) {
        String text = System.getProperty(SEEDS);
        long count = text == null ? usual : number(SEEDS, text);
        if (count > MOST_SEEDS) {
            throw new IllegalArgumentException("seeds must be at most " + MOST_SEEDS + " for one test method, was "
                    + count + "; MultiNodeRun has no such limit");
        }
        return (int) Math.max(count, 0);
    }

    private static long number(String property, String text) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("-D" + property + " takes a whole number, was '" + text + "'", e);
        }
    }

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
