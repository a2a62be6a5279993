package io.promptroutes.ops;

import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** Whether work can be done at present; of no concern to whoever asks whether the process lives. */
public final class Readiness extends AbstractHealthCheck {

    private final Supplier<String> words;
    private final boolean decides;

    Readiness(String name, Supplier<String> words, boolean decides) {
        super("prompt-routes", name);
        this.words = words;
        this.decides = decides;
    }

    @Override
    public boolean isLiveness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        String said = words.get();
        builder.message(said).state(decides && said != null ? State.DOWN : State.UP);
    }
}
