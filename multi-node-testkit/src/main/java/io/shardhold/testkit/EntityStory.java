package io.shardhold.testkit;

import io.shardhold.cluster.ClusterEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who served each entity when, under which fence, and what was done to the nodes meanwhile: for a history that no order
 * explains. What is older than a bound is forgotten.
 */
final class EntityStory implements Check, Invariant {
    private static final int MOST_SERVICES = 20;
    private static final int MOST_LINES = 2_000;
    private static final int MOST_TOLD = 40;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final String ANY = "";

    private final MultiNodeSpec spec;
    private final Map<String, Deque<Service>> services = new HashMap<>();
    private final Deque<Line> lines = new ArrayDeque<>();

    EntityStory(MultiNodeSpec spec) {
        this.spec = spec;
    }

    /** What one process took up for one entity under one fence. */
    private static final class Service {
        final TestNode node;
        final int process;
        final Home home;
        final Duration first;
        Duration last;
        long messages;

        Service(TestNode node, Home home, Duration first) {
            this.node = node;
            this.process = node.process();
            this.home = home;
            this.first = first;
            this.last = first;
        }

        boolean goesOn(TestNode at, Home under) {
            return process == at.process() && home.equals(under);
        }

        Line line() {
            String count = messages == 1 ? "a message" : messages + " messages until " + seconds(last);
            return new Line(
                    first,
                    node.name(),
                    ANY,
                    node + " takes up " + count + ", as home of shard " + home.type() + "/" + home.shard()
                            + " with fence " + home.epoch());
        }
    }

    /**
     * Something that happened.
     *
     * @param node to which node; empty if to any
     * @param entity to which entity; empty if to any
     */
    private record Line(Duration at, String node, String entity, String text) {}

    @Override
    public String name() {
        return "ENTITY_STORY";
    }

    @Override
    public Check begin(MultiNodeSpec watched) {
        return this;
    }

    @Override
    public void onTakenUp(TestNode node, UserMessage message, Home home) {
        Deque<Service> known = services.computeIfAbsent(message.entityId(), id -> new ArrayDeque<>());
        Duration now = spec.elapsed();
        Service service = current(known, node, home);
        if (service == null) {
            service = new Service(node, home, now);
            known.addLast(service);
            if (known.size() > MOST_SERVICES) {
                known.removeFirst();
            }
        }
        service.last = now;
        service.messages++;
    }

    private static @Nullable Service current(Deque<Service> known, TestNode node, Home home) {
        Service last = known.peekLast();
        return last != null && last.goesOn(node, home) ? last : null;
    }

    @Override
    public void onNote(String text) {
        add(ANY, ANY, text);
    }

    @Override
    public void onEvent(TestNode node, ClusterEvent event) {
        if (event instanceof ClusterEvent.RightLost) {
            add(node.name(), ANY, node + " has lost the right to serve");
        } else if (event instanceof ClusterEvent.RightGained) {
            add(node.name(), ANY, node + " has the right to serve");
        } else if (event instanceof ClusterEvent.HandlerOverrun overrun) {
            Duration now = spec.elapsed();
            String text = node + " takes up a message whose handler runs until " + seconds(now) + ", when the right of "
                    + node + " has ended: only the fence can keep its writes out";
            add(new Line(now.minusMillis(overrun.millis()), node.name(), overrun.entityId(), text));
        } else if (event instanceof ClusterEvent.EntityFailed failed) {
            add(node.name(), failed.entityId(), "it throws on " + node + ": " + failed.cause());
        } else if (event instanceof ClusterEvent.Verdict verdict) {
            add(ANY, ANY, node + ", the coordinator, removes " + verdict.member());
        }
    }

    private void add(String node, String entity, String text) {
        add(new Line(spec.elapsed(), node, entity, text));
    }

    private void add(Line line) {
        lines.addLast(line);
        if (lines.size() > MOST_LINES) {
            lines.removeFirst();
        }
    }

    /** The story of an entity up to a moment; empty if there is none of this id. */
    String of(String entity, Duration until) {
        Deque<Service> known = services.get(entity);
        if (known == null) {
            return "";
        }
        List<Line> told = new ArrayList<>();
        Set<String> nodes = new TreeSet<>();
        for (Service service : known) {
            nodes.add(service.node.name());
            told.add(service.line());
        }
        for (Line line : lines) {
            boolean concerns = line.entity().equals(ANY) || line.entity().equals(entity);
            if (concerns && (line.node().equals(ANY) || nodes.contains(line.node()))) {
                told.add(line);
            }
        }
        told.removeIf(line -> line.at().compareTo(until) > 0);
        told.sort(Comparator.comparing(Line::at));
        return print(entity, atOnce(told));
    }

    /** Notes of one moment as one line: a node that is isolated is cut off from each of the others. */
    private static List<Line> atOnce(List<Line> told) {
        List<Line> merged = new ArrayList<>();
        for (Line line : told) {
            Line last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
            if (last != null && last.at().equals(line.at()) && isNote(last) && isNote(line)) {
                merged.set(merged.size() - 1, new Line(line.at(), ANY, ANY, last.text() + ", " + line.text()));
            } else {
                merged.add(line);
            }
        }
        return merged;
    }

    private static boolean isNote(Line line) {
        return line.node().equals(ANY) && line.entity().equals(ANY);
    }

    private static String print(String entity, List<Line> told) {
        StringBuilder text = new StringBuilder("  what had happened to '" + entity + "' by then:");
        for (Line line : told.subList(Math.max(0, told.size() - MOST_TOLD), told.size())) {
            text.append(String.format(Locale.ROOT, "%n    %11s  %s", seconds(line.at()), line.text()));
        }
        return text.toString();
    }

    private static String seconds(Duration at) {
        return String.format(Locale.ROOT, "%.3f s", at.toNanos() / NANOS_PER_SECOND);
    }
}
