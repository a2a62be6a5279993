package io.promptroutes.cli;

import io.promptroutes.app.Engine;
import io.promptroutes.file.Arrivals;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.Ending;
import io.promptroutes.flow.Estimate;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.flow.PromptWindow;
import io.promptroutes.flow.Variables;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.model.Catalogue;
import io.promptroutes.model.PriceList;
import io.promptroutes.model.Reservations;
import io.promptroutes.pipeline.AnswerLengths;
import io.promptroutes.pipeline.EstimateCalls;
import io.promptroutes.pipeline.Job;
import io.promptroutes.pipeline.LedgerPolicy;
import io.promptroutes.pipeline.Pipeline;
import io.promptroutes.settings.RouteFiles;
import io.promptroutes.settings.RouteSettings;
import io.promptroutes.settings.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.camel.component.http.HttpEndpoint;

/** A job's input on the way of a prompt up to its first call, which is added up instead of made; and what that comes to, in words. */
final class EstimateRun {

    private static final Map<String, String> SETTINGS = Map.of("prompts.first-queue", "estimate", "alerts.account-watch", "off", "management.port", "",
            "costs.to", "", "alerts.to", "direct:alert-to-log");

    private final Estimate estimate = new Estimate();
    private final List<String> unreadable;
    private final JobStatistics tally;
    private final String prices;

    /**
     * Who is told of each prompt, by any thread.
     *
     * @param asks    of one before its first call
     * @param refuses of one that would be a dead letter without a call
     * @param offline whether nobody is asked for prices
     */
    record Watch(Consumer<PromptContext> asks, Consumer<Ending> refuses, boolean offline) {

        static final Watch NOBODY = new Watch(run -> { }, ending -> { }, false);
    }

    /** Reads all of the input. @param ledger whose answers are not called for again; null where there is none */
    EstimateRun(RouteSettings routes, Ledger ledger, LedgerPolicy policy, BiFunction<PromptWindow, JobStatistics, Arrivals> input) throws InterruptedException {
        this(routes, ledger, policy, new Job(policy.job(), null), Watch.NOBODY, input);
    }

    /** The same. @param job whose prompts they are */
    EstimateRun(RouteSettings routes, Ledger ledger, LedgerPolicy policy, Job job, Watch watch, BiFunction<PromptWindow, JobStatistics, Arrivals> input)
            throws InterruptedException {
        AdmissionGate intake = routes.intake(true);
        tally = new JobStatistics();
        Engine.Use use = new Engine.Use(policy.provider(), false, null, null, RouteFiles.engine(Path.of("")), SETTINGS, null);
        try (Engine engine = new Engine(routes, intake, tally, use)) {
            Catalogue catalogue = engine.catalogue();
            PriceList list = routes.options().prices(catalogue);
            EstimateCalls calls = new EstimateCalls(estimate, catalogue, list, new Reservations(list, true, true), routes.options().service().request(), ledger,
                    new AnswerLengths(ledger), tally);
            engine.bind(Map.of("estimateCalls", (Processor) exchange -> {
                watch.asks().accept(exchange.getVariable(Variables.RUN, PromptContext.class));
                calls.process(exchange);
            }));
            engine.configured(camel -> withoutCalls(camel, intake, watch.offline()));
            engine.start();
            Pipeline pipeline = engine.pipeline(policy, routes.prompts(), routes.window());
            try (Arrivals arrivals = input.apply(pipeline.window(), tally)) {
                while (arrivals.hasNext()) {
                    engine.ask(pipeline, job, arrivals.next(), watch.refuses()::accept); // what would be a dead letter without a call is only counted
                }
                pipeline.window().awaitFinished();
                unreadable = arrivals.unreadable();
            }
            if (intake.stopped()) {
                throw new UsageException(intake.reason());
            }
            prices = catalogue.live() ? "OpenRouter's of now" : "the last copy at hand, of " + catalogue.asOf() + " (OpenRouter's list could not be read)";
        }
    }

    /** Whatever a route of the user's leads to: the HTTP clients ask (for the catalogue) and order nothing. Before routes start. */
    static void withoutCalls(CamelContext camel, AdmissionGate intake, boolean offline) {
        camel.getCamelContextExtension().registerEndpointCallback((uri, endpoint) -> {
            if (endpoint instanceof HttpEndpoint http) {
                HttpClientConfigurer own = http.getHttpClientConfigurer();
                http.setHttpClientConfigurer(client -> {
                    if (own != null) {
                        own.configureHttpClient(client);
                    }
                    client.addExecInterceptorFirst("estimate", (request, scope, chain) -> {
                        if (offline) {
                            throw new IOException("--offline");
                        }
                        if (!request.getMethod().equals("GET")) {
                            intake.stop("no estimate: a file in ./routes leads prompts to calls by itself, where the shipped ones name the queue "
                                    + "{{prompts.first-queue}}; nothing was called");
                            throw new IllegalStateException("an estimate calls nothing");
                        }
                        return chain.proceed(request, scope);
                    });
                });
            }
            return endpoint;
        });
    }

    /** What all of it comes to. */
    Estimate.Row total() {
        return estimate.total();
    }

    /** The estimate, where it is low enough or somebody at the terminal agrees to it. */
    Estimate confirmed(BigDecimal above, PrintWriter err) {
        print(err);
        BigDecimal high = estimate.total().usd().high();
        if (high.compareTo(above) > 0) {
            String what = "the first calls of this job may cost $" + Course.cents(high) + ", which is above --confirm-above " + above.toPlainString()
                    + " (retries and fallbacks come on top; --max-cost USD is a bound)";
            if (!Panel.canAsk()) {
                throw new UsageException(what + ", and there is no terminal to ask on; nothing was called");
            }
            err.print(what + ". Go on? [y/N] ");
            err.flush();
            Scanner answers = new Scanner(System.in, StandardCharsets.UTF_8);
            if (!answers.hasNextLine() || !answers.nextLine().strip().equalsIgnoreCase("y")) {
                throw new UsageException("not confirmed; nothing was called");
            }
        }
        return estimate;
    }

    boolean inputLost() {
        return !unreadable.isEmpty();
    }

    void print(PrintWriter out) {
        Estimate.Row total = estimate.total();
        Table table = new Table(3, "task", "tier", "model", "calls", "before", "tokens in", "tokens out", "low $", "expected $", "high $");
        for (Estimate.Row row : estimate.rows()) {
            add(table, row);
        }
        add(table, total);
        out.println("estimate    " + tally.taken() + " prompts; nothing was called"
                + (tally.deadByCode().isEmpty() ? "" : "; would be dead letters: " + Course.counts(tally.deadByCode())));
        unreadable.forEach(problem -> out.println("            " + problem));
        out.println("prices      " + prices + (estimate.unknownPrices() == 0 ? "" : "; " + estimate.unknownPrices()
                + " calls of models without a price there, at key prices.unknown"));
        out.println("low         " + (total.measured() == 0 ? "" : "answers half as long as expected, or, of unknown length, ") + "of " + AnswerLengths.SHORTEST + " tokens");
        out.println("expected    tokens in as OpenAI counts text; answers as long as "
                + (total.measured() == 0 ? "" : "earlier ones in the mean (" + total.measured() + " calls)" + (total.measured() < total.calls() ? ", else " : ""))
                + (total.measured() < total.calls() ? "the geometric mean of " + AnswerLengths.SHORTEST + " tokens and the output cap: a trial of 20 prompts tells more" : ""));
        out.println("high        what a budget reserves: each byte a token, each answer up to its cap");
        out.println("            What was answered before costs nothing. Retries and fallbacks come on top in all three: none is a bound, --max-cost USD is one.");
        table.print(out, "");
        if (estimate.alone().signum() > 0) {
            out.println("batches     of these, calls that may wait are expected at $" + Course.cents(estimate.together()) + " in batches instead of $" + Course.cents(estimate.alone())
                    + " alone: $" + Course.cents(estimate.alone().subtract(estimate.together())) + " less. What cannot go is called alone");
        }
    }

    private static void add(Table table, Estimate.Row row) {
        table.add(row.task(), row.tier(), row.model(), row.calls(), row.ended(), row.tokensIn(), row.tokensOut(), Course.cents(row.usd().low()),
                Course.cents(row.usd().expected()), Course.cents(row.usd().high()));
    }
}
