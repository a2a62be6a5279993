package io.promptroutes.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.AnswerCache;
import io.promptroutes.flow.Call;
import io.promptroutes.flow.JobStatistics;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.flow.Variables;
import io.promptroutes.ledger.CachedAnswer;
import io.promptroutes.ledger.Durable;
import io.promptroutes.ledger.Finish;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.LedgerUnavailable;
import io.promptroutes.ledger.WorkId;
import io.promptroutes.message.Results;
import io.promptroutes.message.Stored;
import io.promptroutes.model.LeftOut;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Strategy;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;

/**
 * Was this question answered before, whoever asked it, or is somebody asking it right now? Then the answer is this prompt's too.
 * Variable {@code again} holds a result to be given again. Waiting for an answer holds no thread. Thread-safe.
 *
 * @param ledger   null where there is none: answers are kept in memory alone
 * @param service  whose answers these are
 * @param provider defaults of the request's {@code provider} object, which are part of the question
 * @param leftOut  why a model is not called for now, or null
 */
record AskCache(AnswerCache cache, Ledger ledger, String service, ObjectNode provider, Function<String, LeftOut> leftOut, AdmissionGate intake, Pauses pauses,
        JobStatistics tally, Executor publishers, Clock clock) implements AsyncStep {

    /** How often one waits for somebody else's call that comes to nothing, before all that are left call for themselves at once. */
    private static final int PATIENCE = 2;

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        PromptContext run = exchange.getVariable(Variables.RUN, PromptContext.class);
        CompletableFuture<Outcome> next = CompletableFuture.completedFuture(Outcome.CALL);
        try {
            // one that asks already comes here again when its claim was taken; one that was reopened is to be called
            if (run.entry().question() == null && !run.entry().reopened() && shareable(run)) {
                next = ask(exchange, run, question(run), 0);
            }
        } catch (RuntimeException e) {
            next = CompletableFuture.failedFuture(e);
        }
        boolean atOnce = next.isDone();
        next.whenComplete((what, failure) -> {
            follow(exchange, what, failure instanceof CompletionException wrapped ? wrapped.getCause() : failure);
            callback.done(atOnce);
        });
        return atOnce;
    }

    private void follow(Exchange exchange, Outcome what, Throwable failure) {
        Outcome next = what;
        if (failure instanceof LedgerUnavailable) {
            pauses.pause(exchange, LookUp.LEDGER_LOST + ": " + failure.getMessage());
            next = Wait.paused(exchange, Outcome.CACHE);
        } else if (failure != null) {
            exchange.setException(failure);
            return;
        }
        exchange.setVariable(Variables.NEXT, intake.stopped() && next != Outcome.REPUBLISH ? Outcome.STOPPED : next);
    }

    private CompletableFuture<Outcome> ask(Exchange exchange, PromptContext run, String question, int waited) {
        CachedAnswer known = find(exchange, run, question);
        if (known != null) {
            return CompletableFuture.completedFuture(give(exchange, run, known));
        }
        CompletableFuture<CachedAnswer> other = waited == PATIENCE ? null : cache.ask(question);
        if (other != null) {
            return other.thenComposeAsync(answer -> answer == null ? ask(exchange, run, question, waited + 1)
                    : CompletableFuture.completedFuture(give(exchange, run, answer)), publishers);
        }
        lead(exchange, run, question, waited < PATIENCE);
        known = cache.find(key(run, question)); // the one who asked may have finished between the two looks
        return CompletableFuture.completedFuture(known == null ? Outcome.CALL : give(exchange, run, known));
    }

    /** This prompt calls, and the others wait for what becomes of it, however it ends. */
    private void lead(Exchange exchange, PromptContext run, String question, boolean others) {
        run.entry().shares(question);
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                CachedAnswer answer = null;
                Call call = run.calls().last();
                if (run.cacheKey() != null && call.result() != null) {
                    BigDecimal cost = run.bill().last().usd();
                    answer = new CachedAnswer(call.result(), call.answer().model(), cost == null ? BigDecimal.ZERO : cost, clock.instant());
                    cache.put(run.cacheKey(), answer);
                }
                if (others) {
                    cache.answered(question, answer);
                }
            }
        });
    }

    private CachedAnswer find(Exchange exchange, PromptContext run, String question) {
        String key = key(run, question);
        CachedAnswer known = cache.find(key);
        if (known == null && ledger != null && !Pipeline.of(exchange).policy().fresh()) {
            known = ledger.history().cached(key, cache.oldest());
            if (known != null) {
                cache.put(key, known);
            }
        }
        return known;
    }

    /** An answer is the model's that gave it: what a fallback said is not given for a first choice that can be had again. */
    private String key(PromptContext run, String question) {
        return question + " " + run.chain().models().stream().filter(this::mayBeCalled).findFirst().orElse(run.chain().model());
    }

    private boolean mayBeCalled(String model) {
        return leftOut.apply(model) == null;
    }

    private Outcome give(Exchange exchange, PromptContext run, CachedAnswer answer) {
        if (run.chain().models().stream().anyMatch(this::mayBeCalled)) {
            run.chain().passOver(leftOut);
        }
        Stored published = Stored.of(answer.result()); // of a prompt that asks the same models in the same order
        byte[] result = Results.again(run, published);
        if (ledger != null) {
            Finish finish = Finish.answered(result, answer.model(), run.bill().spent());
            if (!Durable.result(ledger.finish(run.entry().work(), finish)).stored()) {
                run.entry().forget(); // another process had answered it meanwhile: that answer is the one to publish
                return Outcome.LOOK_UP;
            }
            ledger.reused(run.entry().work(), answer.model(), answer.costUsd()); // a figure for people: not waited for
            intake.over(LookUp.LEDGER_LOST);
        }
        tally.reuse(run, answer.model(), Math.max(run.chain().level(), published.level()), answer.costUsd());
        exchange.setVariable(Variables.AGAIN, new Again(result, run.part() ? Outcome.BRANCH_OVER : Outcome.RESULT_AGAIN));
        return Outcome.REPUBLISH;
    }

    /** A comparison is made of many calls, and its answer is none of a model. */
    private boolean shareable(PromptContext run) {
        if (run.prompt().strategy() == Strategy.COMPARE) {
            return false;
        }
        JsonNode own = run.prompt().request().path("temperature");
        BigDecimal temperature = own.isNumber() ? own.decimalValue() : run.decision().temperature();
        BigDecimal most = cache.settings().temperature();
        return most == null || (temperature == null ? BigDecimal.ONE : temperature).compareTo(most) <= 0; // what models take where nobody says
    }

    /** All that an answer depends on: the request with our settings, the models, and whose answer it is. */
    private String question(PromptContext run) {
        ObjectNode asked = Json.MAPPER.createObjectNode();
        run.chain().models().forEach(asked.putArray("models")::add);
        asked.put("free_only", run.chain().freeOnly());
        asked.put("temperature", run.decision().temperature());
        asked.put("max_tokens", run.decision().maxTokens());
        asked.set("provider", provider);
        asked.set("request", run.prompt().request());
        String tenant = cache.settings().acrossTenants() ? "" : run.prompt().tenant();
        return WorkId.of(service, tenant, "answer", asked).hex();
    }
}
