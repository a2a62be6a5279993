package io.promptroutes.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.app.Endpoint;
import io.promptroutes.app.Engine;
import io.promptroutes.app.Ledgers;
import io.promptroutes.flow.Ending;
import io.promptroutes.flow.Inbound;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.pipeline.LedgerPolicy;
import io.promptroutes.pipeline.Pipeline;
import io.promptroutes.prompt.InputFormat;
import io.promptroutes.prompt.InvalidPrompt;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.PromptParser;
import io.promptroutes.prompt.PromptSettings;
import io.promptroutes.prompt.Shown;
import io.promptroutes.prompt.Source;
import io.promptroutes.settings.RouteSettings;
import io.promptroutes.settings.Settings;
import io.promptroutes.settings.UsageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Command {@code ask}: one prompt in, its result as JSON out. */
@Command(name = "ask", description = "Answers one prompt and prints the result as JSON.")
final class AskCommand extends ConfiguredCommand implements Callable<Integer> {

    @Parameters(paramLabel = "PROMPT", description = "The prompt's text; - reads it from standard input.")
    private String prompt;

    @Option(names = "--model", paramLabel = "M", description = "The model to ask, such as openai/gpt-4.1-mini.")
    private String model;

    @Option(names = "--strategy", paramLabel = "S", description = "How to choose a model: explicit, smart, cost, free, fit or compare.")
    private String strategy;

    @Option(names = "--budget", paramLabel = "B", description = "free, budget, balanced or premium.")
    private String budget;

    @Override
    public Integer call() throws Exception {
        // somebody waits at the terminal: what a service would wait out is told at once
        prompt = prompt.equals("-") ? fromStandardInput() : prompt;
        Settings settings = settings(Map.of("prompts.concurrency", "1", "pause.max", "0s", "publish.retries", "0"));
        try (Endpoint configured = Ledgers.exist(settings) ? endpoint(settings) : endpoint(settings).withKey();
                Ledger ledger = Ledgers.open(configured.settings(), null);
                Endpoint endpoint = configured.chosen(ledger).withKey()) {
            ObjectNode request = request(new RouteSettings(endpoint.settings(), endpoint.key()).prompts());
            Settings asked = endpoint.settings().with("prompts.template", "").with("prompts.input", "request");
            RouteSettings routes = new RouteSettings(request.has("messages") ? asked.with("prompts.system", "") : asked, endpoint.key());
            LedgerPolicy policy = new LedgerPolicy(endpoint.provider(), LedgerPolicy.ASK, LedgerPolicy.ASK, false, false, Ledgers.hold(settings), false);
            try (Engine engine = new Engine(routes, routes.intake(true), new JobStatistics(), Engine.Use.ofJob(endpoint.provider(), Ledgers.hold(settings), ledger, null))) {
                return ask(engine, engine.pipeline(policy, routes.prompts(), 1), Json.bytes(request));
            }
        }
    }

    private static String fromStandardInput() throws IOException {
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(System.in.readAllBytes())).toString();
            return text.replaceFirst("\r?\n$", ""); // which echo adds
        } catch (CharacterCodingException e) {
            throw new UsageException("standard input is not UTF-8", e);
        }
    }

    private int ask(Engine engine, Pipeline pipeline, byte[] request) throws InterruptedException {
        engine.start();
        pipeline.window().take();
        engine.tally().take();
        engine.ask(pipeline, null, new Inbound(Source.line("ask", 1), null, request, false, request.length, InputFormat.JSON, null), AskCommand::print);
        pipeline.window().awaitFinished();
        if (engine.intake().stopped()) {
            err().println("prompt-routes: " + Shown.list(engine.intake().reason()));
            return ExitCodes.STOPPED;
        }
        return engine.tally().answered() == 1 ? ExitCodes.ANSWERED : ExitCodes.DEAD_LETTERS;
    }

    /** As bytes: JSON is UTF-8, whatever the terminal's character set. */
    private static void print(Ending ending) {
        System.out.write(ending.json(), 0, ending.json().length);
        System.out.write('\n');
        System.out.flush();
    }

    /** What was typed; under a template for data it is the record, as in a file of them. */
    private ObjectNode request(PromptSettings prompts) {
        ObjectNode request = Json.MAPPER.createObjectNode();
        request.put("id", "ask-" + UUID.randomUUID()); // asked again, it is to be answered again
        if (prompts.data()) {
            try {
                request.set("messages", new PromptParser(prompts).parse(prompt.getBytes(StandardCharsets.UTF_8), Source.line("ask", 1), null, null)
                        .request().get("messages"));
            } catch (InvalidPrompt e) {
                throw new UsageException("PROMPT does not fit key prompts.template: " + e.getMessage(), e);
            }
        } else {
            request.put("prompt", prompt);
        }
        request.put("model", model).put("strategy", strategy).put("budget", budget);
        request.properties().removeIf(field -> field.getValue().isNull());
        return request;
    }
}
