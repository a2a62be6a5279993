package io.promptroutes.pipeline;

import io.promptroutes.flow.Inbound;
import io.promptroutes.flow.Variables;
import io.promptroutes.prompt.InvalidPrompt;
import io.promptroutes.prompt.Prompt;
import io.promptroutes.telemetry.PromptSpans;
import io.promptroutes.telemetry.Traces;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Turns an {@link Inbound} into a prompt of its pipeline, and puts what the routers branch on into variables. Thread-safe. */
record ParsePrompt(Traces traces) implements Processor {

    @Override
    public void process(Exchange exchange) throws InvalidPrompt {
        Pipeline pipeline = Pipeline.of(exchange);
        Job job = Job.of(exchange);
        Inbound arrival = exchange.getMessage().getBody(Inbound.class);
        exchange.setVariable(Variables.ID, arrival.source().defaultId());
        PromptSpans passage = traces.arrived(arrival.source(), arrival.traceparent());
        exchange.setVariable(Variables.PASSAGE, passage);
        exchange.setVariable(Variables.ARRIVAL, arrival.below(passage.traceparent()));
        new Backstop().behind(exchange);
        if (arrival.tooLong()) {
            throw new InvalidPrompt("too_large", null, "prompt of " + arrival.length() + " bytes; the limit is " + pipeline.maxBytes()
                    + " (key prompts.max-bytes)");
        }
        if (arrival.refusal() != null) {
            throw arrival.refusal();
        }
        Prompt prompt = job == null ? parse(pipeline, arrival) : parsed(pipeline, job, arrival);
        exchange.setVariable(Variables.PROMPT, prompt);
        exchange.setVariable(Variables.ID, prompt.id());
        exchange.setVariable(Variables.TEXT, prompt.text());
        exchange.setVariable(Variables.STRATEGY, prompt.strategy().toString());
        exchange.setVariable(Variables.TIER, prompt.budget().toString());
        if (prompt.task() != null) {
            exchange.setVariable(Variables.TASK, prompt.task());
        }
    }

    /** Of an input in which ids are unique, and prompts still come in order. */
    private static Prompt parsed(Pipeline pipeline, Job job, Inbound arrival) throws InvalidPrompt {
        Prompt prompt;
        try {
            prompt = parse(pipeline, arrival);
        } catch (InvalidPrompt e) {
            // another line's id is no name for this one's dead letter
            throw e.id() == null || job.firstSeen(e.id()) ? e : new InvalidPrompt(e.code(), null, e.getMessage() + " (id " + e.id() + ")");
        }
        if (!job.firstSeen(prompt.id())) {
            throw new InvalidPrompt(InvalidPrompt.DUPLICATE_ID, null, "id " + prompt.id() + " was there before in this job; ids must be unique");
        }
        return job.identified(prompt, pipeline.name());
    }

    private static Prompt parse(Pipeline pipeline, Inbound arrival) throws InvalidPrompt {
        try {
            return pipeline.parser().parse(arrival.bytes(), arrival.source(), arrival.key(), arrival.format(), arrival.id(), arrival.tenant());
        } catch (InvalidPrompt e) { // what it is known by was found before
            throw e.id() != null || arrival.id() == null ? e : new InvalidPrompt(e.code(), arrival.id(), e.getMessage());
        }
    }
}
