package io.promptroutes.component;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.ThreadPoolProfileBuilder;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.util.concurrent.ThreadPoolRejectedPolicy;

/** Threads of ours in the caller's context. What waits for them is bounded by windows: a bounded queue would lose it, or run it on a thread of others. */
final class Threads {

    private Threads() {
    }

    static ExecutorService pool(CamelContext camel, Object owner, String name, int threads) {
        return camel.getExecutorServiceManager().newThreadPool(owner, name, profile(name, threads));
    }

    static ScheduledExecutorService timer(CamelContext camel, Object owner, String name) {
        return camel.getExecutorServiceManager().newScheduledThreadPool(owner, name, profile(name, 1));
    }

    private static ThreadPoolProfile profile(String name, int threads) {
        return new ThreadPoolProfileBuilder(name).poolSize(threads).maxPoolSize(threads).maxQueueSize(Integer.MAX_VALUE).rejectedPolicy(ThreadPoolRejectedPolicy.Abort).build();
    }
}
