package io.promptroutes.pipeline;

import io.promptroutes.flow.PipelineStatistics;
import io.promptroutes.flow.PromptWindow;
import io.promptroutes.flow.Variables;
import io.promptroutes.prompt.PromptParser;
import org.apache.camel.Exchange;

/**
 * A named way of prompts through the engine. Exchange variable {@code pipeline} of each of them. Thread-safe.
 *
 * @param policy   by which the ledger knows its prompts
 * @param parser   with the pipeline's own defaults
 * @param maxBytes of a prompt
 * @param window   prompts that are taken and not yet finished
 */
public record Pipeline(LedgerPolicy policy, PromptParser parser, int maxBytes, PromptWindow window, PipelineStatistics statistics) {

    /** What a name looks like. */
    public static final String NAME = "[a-z0-9-]{1,64}";

    public Pipeline(LedgerPolicy policy, PromptParser parser, int maxBytes, PromptWindow window) {
        this(policy, parser, maxBytes, window, new PipelineStatistics());
    }

    public String name() {
        return policy.pipeline();
    }

    static Pipeline of(Exchange exchange) {
        return exchange.getVariable(Variables.PIPELINE, Pipeline.class);
    }

    /** For the routes. */
    @Override
    public String toString() {
        return name();
    }
}
