package io.shardhold.testkit;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.opentest4j.TestAbortedException;

/** Runs the methods of {@link MultiNodeTest}: one invocation per seed, each with a cluster of its own. */
public final class MultiNodeExtension implements TestTemplateInvocationContextProvider {
    private static final int SAMPLED = 50;

    /** For JUnit, which makes it for {@link MultiNodeTest}. */
    public MultiNodeExtension() {}

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return true;
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        Method method = context.getRequiredTestMethod();
        MultiNodeTest test = method.getAnnotation(MultiNodeTest.class);
        String rung = System.getProperty(ReplayCommand.RUNG, test.rung());
        List<String> names = test.names().length > 0 ? List.of(test.names()) : SpecSetup.names(test.nodes());
        int seedNodes = test.seedNodes() == 0 ? SpecSetup.usualSeedNodes(names.size()) : test.seedNodes();
        Map<Long, TraceSample> samples = new ConcurrentHashMap<>();
        List<TestTemplateInvocationContext> runs = new ArrayList<>();
        int index = 0;
        for (long seed : seeds(test, rung)) {
            String replay =
                    ReplayCommand.ofTest(context.getRequiredTestClass().getName(), method.getName(), seed, rung);
            SpecSetup setup = new SpecSetup(names, seedNodes, SpecSetup.rung(rung), seed, replay);
            boolean sampled = index++ % SAMPLED == 0 && rung.equals(SpecSetup.DEFAULT_RUNG);
            runs.add(new Run(setup, sampled ? samples : null, ""));
            if (sampled) {
                runs.add(new Run(setup, samples, ", once more"));
            }
        }
        return runs.stream();
    }

    private static Set<Long> seeds(MultiNodeTest test, String rung) {
        Set<Long> seeds = new LinkedHashSet<>();
        OptionalLong only = ReplayCommand.onlySeed();
        if (only.isPresent()) {
            seeds.add(only.getAsLong());
            return seeds;
        }
        boolean virtual = rung.equals(SpecSetup.DEFAULT_RUNG);
        for (long kept : virtual ? test.kept() : new long[0]) {
            seeds.add(kept);
        }
        int count = ReplayCommand.seedCount(virtual ? test.seeds() : 1);
        for (long seed = 1; seed <= count; seed++) {
            seeds.add(seed);
        }
        if (seeds.isEmpty()) {
            throw new IllegalArgumentException("seeds must be at least 1, was " + count);
        }
        return seeds;
    }

    /** One seed. */
    private record Run(SpecSetup setup, @Nullable Map<Long, TraceSample> samples, String again)
            implements TestTemplateInvocationContext {
        @Override
        public String getDisplayName(int number) {
            return "seed " + setup.seed() + again;
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(new Seed(setup, samples));
        }
    }

    /** Opens the cluster for the method, tells its failures, compares its history, and closes it. */
    private static final class Seed implements ParameterResolver, InvocationInterceptor, AfterEachCallback {
        private final SpecSetup setup;
        private final @Nullable Map<Long, TraceSample> samples;
        private @Nullable SpecRun run;

        Seed(SpecSetup setup, @Nullable Map<Long, TraceSample> samples) {
            this.setup = setup;
            this.samples = samples;
        }

        private SpecRun run() {
            SpecRun current = run;
            if (current == null) {
                current = new SpecRun(setup, samples != null);
                run = current;
            }
            return current;
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == MultiNodeSpec.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return run().spec();
        }

        @Override
        public void interceptTestTemplateMethod(
                InvocationInterceptor.Invocation<@Nullable Void> invocation,
                ReflectiveInvocationContext<Method> method,
                ExtensionContext context)
                throws Throwable {
            try {
                invocation.proceed();
            } catch (TestAbortedException skipped) {
                throw skipped;
            } catch (Exception | AssertionError thrown) {
                throw run().failure(thrown);
            }
            if (samples != null) {
                run().compareWith(samples.get(setup.seed()));
                TraceSample sample = run().sample();
                if (sample != null) {
                    samples.put(setup.seed(), sample);
                }
            }
        }

        @Override
        public void afterEach(ExtensionContext context) {
            if (run != null) {
                run.close();
            }
        }
    }
}
