package io.promptroutes.flow;

import java.util.Set;

/** The names of all exchange variables that the shipped beans and routes share (docs/routes.md says what each holds). */
public final class Variables {

    /** The pipeline that the prompt belongs to. */
    public static final String PIPELINE = "pipeline";
    /** Who it is answered for, a {@link Recipient}. */
    public static final String RECIPIENT = "recipient";
    /** The input that the prompt is of, where it is of one that ends some day: a batch job, or a file of the inbox. */
    public static final String JOB = "job";
    /** What came in, an {@link Inbound}. */
    public static final String ARRIVAL = "arrival";
    /** The prompt's own span. */
    public static final String PASSAGE = "passage";
    /** What the prompt is known by, as text; also where it is none. */
    public static final String ID = "id";
    /** The {@link io.promptroutes.prompt.Prompt} as it came. */
    public static final String PROMPT = "prompt";

    /** By which its models are chosen: the name of a route. */
    public static final String STRATEGY = "strategy";
    /** The words by which the task is found. */
    public static final String TEXT = "text";
    /** What was found in them. */
    public static final String DETECTION = "detection";
    /** The task's name: as the request says, or as found. */
    public static final String TASK = "task";
    /** The models' names with commas between, best first; none for the request's own. */
    public static final String MODELS = "models";
    /** {@code second}, where the second of the models is to be tried first. */
    public static final String FIRST = "first";
    /** Where in the tables the models are from, for people: what the request may cost, unless a route sets another. */
    public static final String TIER = "tier";
    /** Why they were chosen, for people. */
    public static final String REASON = "reason";
    /** Where it is not to be that of the task. */
    public static final String TEMPERATURE = "temperature";
    /** Where it is not to be that of the task. */
    public static final String MAX_TOKENS = "maxTokens";

    /** The prompt on its way, a {@link PromptContext}. */
    public static final String RUN = "run";
    /** The route to which the prompt goes on. */
    public static final String NEXT = "next";
    /** How long the prompt waits, for what, and where it goes on then. */
    public static final String WAIT = "wait";
    /** Alerts to be published, a list. */
    public static final String ALERTS = "alerts";
    /** What the prompt came to before, which is given again. */
    public static final String AGAIN = "again";
    /** The dead letter that was made of the prompt, as JSON. */
    public static final String LETTER = "letter";
    /** The models of a comparison, while they are asked. */
    public static final String BRANCHES = "branches";
    /** A call of unknown cost, of which OpenRouter is asked what it came to; or the id of a cost event that is sent. */
    public static final String CALL = "call";

    /** Those that beans set. */
    public static final Set<String> SET = Set.of(PIPELINE, RECIPIENT, JOB, ARRIVAL, PASSAGE, ID, PROMPT, STRATEGY, TEXT, DETECTION, TASK, TIER,
            RUN, NEXT, WAIT, ALERTS, AGAIN, LETTER, BRANCHES, CALL);
    /** Those that beans read. */
    public static final Set<String> READ = Set.of(PIPELINE, RECIPIENT, JOB, ARRIVAL, PASSAGE, ID, PROMPT, TEXT, DETECTION, TASK, MODELS,
            FIRST, TIER, REASON, TEMPERATURE, MAX_TOKENS, RUN, NEXT, WAIT, ALERTS, AGAIN, LETTER, BRANCHES, CALL);

    private Variables() {
    }
}
