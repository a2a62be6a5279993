package io.promptroutes.pipeline;

import io.promptroutes.flow.Inbound;
import io.promptroutes.flow.Variables;
import io.promptroutes.prompt.InvalidPrompt;
import io.promptroutes.prompt.Prompt;
import io.promptroutes.prompt.PromptParser;
import io.promptroutes.telemetry.PromptSpans;
import io.promptroutes.telemetry.Traces;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Turns an {@link Inbound} into a prompt, and puts what the routers branch on into variables. Thread-safe.
 *
 * @param firstSeen   false for an id that the process's only job has had before
 * @param occurrences of that job's lines
 */
record ParsePrompt(PromptParser parser, Predicate<String> firstSeen, Occurrences occurrences, int maxBytes, Traces traces) implements Processor {

    @Override
    public void process(Exchange exchange) throws InvalidPrompt {
        Job job = Job.of(exchange);
        Predicate<String> firstSeen = job == null ? this.firstSeen : job.firstSeen;
        Inbound arrival = exchange.getMessage().getBody(Inbound.class);
        exchange.setVariable(Variables.ID, arrival.source().defaultId());
        PromptSpans passage = traces.arrived(arrival.source(), arrival.traceparent());
        exchange.setVariable(Variables.PASSAGE, passage);
        exchange.setVariable(Variables.ARRIVAL, arrival.below(passage.traceparent()));
        new Backstop().behind(exchange);
        if (arrival.tooLong()) {
            throw new InvalidPrompt("too_large", null, "prompt of " + arrival.length() + " bytes; the limit is " + maxBytes
                    + " (key prompts.max-bytes)");
        }
        if (arrival.refusal() != null) {
            throw arrival.refusal();
        }
        Prompt prompt;
        try {
            prompt = parser.parse(arrival.bytes(), arrival.source(), arrival.key(), arrival.format());
        } catch (InvalidPrompt e) {
            // another line's id is no name for this one's dead letter
            throw e.id() == null || firstSeen.test(e.id()) ? e : new InvalidPrompt(e.code(), null, e.getMessage() + " (id " + e.id() + ")");
        }
        if (!firstSeen.test(prompt.id())) {
            throw new InvalidPrompt(InvalidPrompt.DUPLICATE_ID, null, "id " + prompt.id() + " was there before in this job; ids must be unique");
        }
        prompt = (job == null ? occurrences : job.occurrences).identified(prompt); // here, where prompts still come in order
        exchange.setVariable(Variables.PROMPT, prompt);
        exchange.setVariable(Variables.ID, prompt.id());
        exchange.setVariable(Variables.TEXT, prompt.text());
        exchange.setVariable(Variables.STRATEGY, prompt.strategy().toString());
        exchange.setVariable(Variables.TIER, prompt.budget().toString());
        if (prompt.task() != null) {
            exchange.setVariable(Variables.TASK, prompt.task());
        }
    }
}
