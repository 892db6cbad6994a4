package io.shardhold.internal.kernel;

/** What code of users threw: what may be caught of it, and how it is told. */
public final class Thrown {
    /** Characters of a failure that are reported: it goes over the wire with each failed ask. */
    private static final int MAX_DETAIL = 500;

    private Thrown() {}

    /**
     * Lets through what says that the virtual machine is ill. A stack that overflowed is the user's own failure, and so is
     * a class that cannot be loaded.
     */
    public static void rethrowIfFatal(Throwable thrown) {
        if (thrown instanceof VirtualMachineError fatal && !(thrown instanceof StackOverflowError)) {
            throw fatal;
        }
    }

    /** What was thrown, as a short text; what users throw may fail even at that. */
    public static String describe(Throwable thrown) {
        String text;
        try {
            text = thrown.toString();
        } catch (RuntimeException again) {
            text = thrown.getClass().getName();
        }
        return text.length() <= MAX_DETAIL ? text : text.substring(0, MAX_DETAIL);
    }
}
