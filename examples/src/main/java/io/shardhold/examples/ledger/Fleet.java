package io.shardhold.examples.ledger;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/** The node JVMs and the router JVM. For the supervisor's thread; {@link #killAll} for any. */
final class Fleet {
    /** What is known of one process. */
    enum State {
        STARTING,
        UP,
        /** A node that may not serve at this moment. */
        SUSPENDED,
        KILLED,
        /** Handed over what it hosted and said goodbye. */
        LEFT,
        ENDED
    }

    /** One member and its process. */
    static final class Slot {
        private final Class<?> main;
        private final ChildArguments arguments;
        private volatile @Nullable ChildProcess process; // written by the supervisor, read by the shutdown hook
        private State state = State.STARTING;
        private int shards;

        private Slot(Class<?> main, ChildArguments arguments) {
            this.main = main;
            this.arguments = arguments;
        }

        String name() {
            return arguments.name();
        }

        int port() {
            return arguments.port();
        }

        State state() {
            return state;
        }

        int shards() {
            return shards;
        }

        boolean isUp() {
            return state == State.UP;
        }

        boolean runs(ChildProcess child) {
            return process == child;
        }

        void becomeHosting(int hosted, boolean mayServe) {
            if (state == State.UP || state == State.SUSPENDED) {
                state = mayServe ? State.UP : State.SUSPENDED;
            }
            shards = hosted;
        }

        void become(State next) {
            state = next;
            shards = 0;
        }
    }

    private static final long LEAVE_MILLIS = 5_000;

    private final Path directory;
    private final BlockingQueue<ChildProcess.Message> inbox;
    private final List<Slot> nodes = new ArrayList<>();
    private final Slot router;

    Fleet(LedgerOptions options, Path directory, Path database, BlockingQueue<ChildProcess.Message> inbox)
            throws IOException {
        this.directory = directory;
        this.inbox = inbox;
        int count = options.nodes();
        List<Integer> ports = FreePorts.find(2 * count + 1);
        List<String> seeds = seeds(ports, count);
        LeasePlace lease = place(options, ports.subList(count + 1, 2 * count + 1));
        for (int i = 0; i < count; i++) {
            nodes.add(new Slot(
                    NodeProcess.class,
                    new ChildArguments(nodeName(i + 1), ports.get(i), seeds, lease, database.toString())));
        }
        String input =
                options.input().map(file -> file.toAbsolutePath().toString()).orElse("");
        router = new Slot(RouterProcess.class, new ChildArguments("router", ports.get(count), seeds, lease, input));
    }

    private static LeasePlace place(LedgerOptions options, List<Integer> ports) {
        return switch (options.lease()) {
            case NONE, MEMORY -> new LeasePlace.None();
            case HAZELCAST -> new LeasePlace.Hazelcast(addresses(ports));
            case KUBERNETES -> new LeasePlace.Kubernetes(options.kubeconfig().orElseThrow(), options.namespace());
        };
    }

    /** By its number, from 1 on. */
    static String nodeName(int number) {
        return "node-" + number;
    }

    private static List<String> addresses(List<Integer> ports) {
        return ports.stream().map(port -> ChildArguments.HOST + ":" + port).toList();
    }

    /** The addresses of the first nodes, as many as are an odd number. */
    static List<String> seeds(List<Integer> ports, int nodes) {
        int seedCount = nodes - (nodes + 1) % 2;
        return addresses(ports.subList(0, seedCount));
    }

    List<Slot> nodes() {
        return nodes;
    }

    Slot router() {
        return router;
    }

    void startAll() throws IOException {
        for (Slot node : nodes) {
            start(node);
        }
        start(router);
    }

    void start(Slot slot) throws IOException {
        slot.become(State.STARTING);
        slot.process = ChildProcess.start(slot.main, slot.arguments, directory.resolve(slot.name() + ".log"), inbox);
    }

    void kill(Slot slot) {
        ChildProcess process = slot.process;
        if (process != null) {
            process.kill();
        }
        slot.become(State.KILLED);
    }

    void command(Slot slot, String line) {
        ChildProcess process = slot.process;
        if (process != null) {
            process.command(line);
        }
    }

    boolean isEveryoneUp() {
        return router.isUp() && nodes.stream().allMatch(Slot::isUp);
    }

    /** Lets the router leave in order, which hosts nothing, and ends the nodes: what they know is in the database. */
    void stop() throws InterruptedException {
        command(router, "leave");
        ChildProcess process = router.process;
        if (process != null) {
            process.awaitEnd(LEAVE_MILLIS);
        }
        killAll();
        for (Slot node : nodes) {
            ChildProcess ended = node.process;
            if (ended != null) {
                ended.awaitEnd(LEAVE_MILLIS);
            }
        }
    }

    /** Leaves no process behind. Any thread. */
    void killAll() {
        for (Slot node : nodes) {
            ChildProcess process = node.process;
            if (process != null) {
                process.kill();
            }
        }
        ChildProcess process = router.process;
        if (process != null) {
            process.kill();
        }
    }
}
