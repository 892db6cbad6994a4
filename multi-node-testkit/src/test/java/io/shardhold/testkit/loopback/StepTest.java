package io.shardhold.testkit.loopback;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardhold.testkit.fault.ProtocolStep;
import io.shardhold.testkit.rung.MessageTap;
import io.shardhold.testkit.rung.RungNode;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

final class StepTest {
    @Test
    void aNodeCanBeCrashedInTheMiddleOfAStep() {
        try (Town town = new Town(3)) {
            Queue<String> crashed = new ConcurrentLinkedQueue<>();
            town.cluster.tap((from, to, step) -> {
                if (step == ProtocolStep.HOST_SHARDS && crashed.isEmpty()) {
                    crashed.add(from.name());
                    from.crash();
                }
                return true;
            });
            town.nodes().forEach(LoopbackNode::start);
            town.until("all serve", town::allServe);
            for (int i = 0; i < Town.ENTITIES; i++) {
                town.say(town.node("n1"), "e" + i, i);
            }
            town.until(
                    "the coordinator dies as it gives out homes",
                    () -> town.heard.story().size() == 4);
            town.cluster.tap(MessageTap.NONE);
            LoopbackNode dead = town.node(crashed.remove());
            assertThat(town.heard.story()).endsWith(dead + " died");
            assertThat(dead.isRunning()).isFalse();
            town.until("the others serve", town::allServe);
            town.askAll();
            dead.start();
            town.until("all serve", town::allServe);
        }
    }

    @Test
    void messagesOfAStepCanBeHeldBack() {
        try (Town town = Town.settled(3)) {
            Set<String> left = ConcurrentHashMap.newKeySet();
            town.cluster.tap(new MessageTap() {
                @Override
                public boolean onLeaving(RungNode from, String to, ProtocolStep step) {
                    return step != ProtocolStep.PROBE || !from.name().equals("n3");
                }

                @Override
                public void onLeft(RungNode from, String to, ProtocolStep step) {
                    left.add(from.name() + " " + step + " " + to);
                }
            });
            town.until(
                    "n3 has no right, since it asks nobody",
                    () -> !town.node("n3").isServing());
            town.cluster.tap(MessageTap.NONE);
            town.until("all serve", town::allServe);
            assertThat(left).contains("n1 PROBE n2").noneMatch(step -> step.startsWith("n3 PROBE "));
            assertThat(List.copyOf(left)).allMatch(step -> step.matches("n[123] [A-Z_]+ n[123]"));
        }
    }
}
