package io.promptroutes.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.HandClock;
import io.promptroutes.call.Answer;
import io.promptroutes.call.Billing;
import io.promptroutes.call.CallFailed;
import io.promptroutes.call.ChatRequest;
import io.promptroutes.call.Dialect;
import io.promptroutes.call.FailureKind;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.AlarmStates;
import io.promptroutes.flow.Decision;
import io.promptroutes.flow.PromptContext;
import io.promptroutes.flow.ProviderStatus;
import io.promptroutes.flow.Variables;
import io.promptroutes.model.Catalogue;
import io.promptroutes.model.Chain;
import io.promptroutes.model.Chain.Step;
import io.promptroutes.model.Choice;
import io.promptroutes.model.LeftOut;
import io.promptroutes.model.ParkedModels;
import io.promptroutes.prompt.InvalidPrompt;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.PlainSettings;
import io.promptroutes.prompt.Prompt;
import io.promptroutes.prompt.PromptParser;
import io.promptroutes.prompt.Source;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What each policy makes of a failure: wait, another model, a pause for all, or the end. Nothing is called, and no route runs. */
class FallbackPoliciesTest {

    private static final String LIST = """
            {"data":[
             {"id":"acme/short","context_length":1000,"top_provider":{"max_completion_tokens":150},"pricing":{"prompt":"0.000001","completion":"0.000002"}},
             {"id":"acme/shorter","context_length":500,"pricing":{"prompt":"0.000009","completion":"0.00002"}},
             {"id":"acme/long","context_length":9000,"pricing":{"prompt":"0.0000001","completion":"0.0000002"}},
             {"id":"acme/gift:free","context_length":400,"pricing":{"prompt":"0","completion":"0"}}]}""";
    private static final Map<String, BiConsumer<Fallback, Exchange>> POLICIES = Map.ofEntries(
            Map.entry("retryOrNext", (fallback, exchange) -> fallback.retryOrNext(exchange, 2)),
            Map.entry("nextModel", Fallback::nextModel),
            Map.entry("nextModelWithoutThisOne", Fallback::nextModelWithoutThisOne),
            Map.entry("nextModelWithLongerContext", Fallback::nextModelWithLongerContext),
            Map.entry("nextModelWithoutFreeOnes", Fallback::nextModelWithoutFreeOnes),
            Map.entry("repairOrNext", Fallback::repairOrNext),
            Map.entry("moreTokens", (fallback, exchange) -> fallback.moreTokens(exchange, 2)),
            Map.entry("fewerTokens", Fallback::fewerTokens),
            Map.entry("freeModels", Fallback::freeModels),
            Map.entry("keyRefused", Fallback::keyRefused),
            Map.entry("pause", Fallback::pause),
            Map.entry("giveUp", Fallback::giveUp));

    private final HandClock clock = new HandClock();
    private final Catalogue catalogue = Catalogue.shipped();
    private final AdmissionGate intake = new AdmissionGate(Duration.ofSeconds(5), Duration.ofMinutes(10), false, clock);
    private final ProviderStatus reach = new ProviderStatus(Dialect.OPENROUTER, "openrouter");
    private final Pauses pauses = new Pauses(intake, reach, clock);
    private final ParkedModels parked = new ParkedModels(clock);
    private final Exchange exchange = new DefaultExchange(new DefaultCamelContext());
    private Fallback fallback = fallback(true, false);
    private PromptContext run;

    FallbackPoliciesTest() {
        catalogue.replace(LIST.getBytes(StandardCharsets.UTF_8), Instant.EPOCH, true);
        start("{\"prompt\":\"Hello\",\"response_format\":{\"type\":\"json_object\"}}", "acme/short", "acme/shorter", "acme/long");
    }

    private Fallback fallback(boolean free, boolean hold) {
        return new Fallback(pauses, catalogue, parked, new Fallback.Waits(Duration.ofMillis(100), Duration.ofSeconds(30), true),
                new ChainEnd(pauses, free, hold), reach.service(), new AlarmStates(), clock);
    }

    private void start(String json, String... models) {
        Prompt prompt;
        try {
            prompt = new PromptParser(PlainSettings.get()).parse(json.getBytes(StandardCharsets.UTF_8), Source.line("test", 1), null, null);
        } catch (InvalidPrompt e) {
            throw new IllegalArgumentException(e);
        }
        Choice choice = new Choice(prompt, List.of(models), false, () -> List.of("acme/gift:free"), new ArrayList<>(), null, Map.of(), 0, Set.of(), null, null);
        run = new PromptContext(prompt, "chat", new Chain(List.of(models), Duration.ofMinutes(2), false, models[0], null),
                new Decision("balanced", "test", null, 100, choice, null, List.of(), null));
        exchange.setVariable(Variables.RUN, run);
    }

    /** A call is made and ends so. */
    private void fails(String policy, Exception how) {
        ObjectNode body = Json.MAPPER.createObjectNode().put("max_tokens", 100);
        run.calls().prepare(new ChatRequest.Body(body, Json.bytes(body), 100, 100), Duration.ofMinutes(1));
        run.calls().begin(clock.instant());
        exchange.setProperty(Exchange.EXCEPTION_CAUGHT, how);
        POLICIES.get(policy).accept(fallback, exchange);
    }

    private static CallFailed failure(FailureKind kind, Duration retryAfter, Integer affordable, Boolean retryable) {
        return new CallFailed.Details(kind, 400, "no", Billing.NO, retryAfter, affordable, null, null, null, retryable).exception();
    }

    private static CallFailed failure(FailureKind kind) {
        return failure(kind, null, null, null);
    }

    /** What follows the first failure of the first model, which 402 allows 50 tokens. */
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(textBlock = """
            retryOrNext,                rate_limited,            WAIT,   acme/short
            nextModel,                  no_endpoint,             CALL,   acme/shorter
            nextModelWithoutThisOne,    model_gone,              CALL,   acme/shorter
            nextModelWithLongerContext, context_length,          CALL,   acme/long
            nextModelWithoutFreeOnes,   free_limit,              CALL,   acme/shorter
            fewerTokens,                max_tokens_unaffordable, CALL,   acme/short
            freeModels,                 insufficient_credit,     CALL,   acme/gift:free
            keyRefused,                 key_refused,             HELD,   acme/short
            pause,                      account_blocked,         HELD,   acme/short
            giveUp,                     bad_request,             FAILED, acme/short
            """)
    void whatFollowsFirst(String policy, String kind, Step step, String model) {
        fails(policy, failure(FailureKind.valueOf(kind.toUpperCase()), null, 50, null));
        assertThat(run.chain().step()).isEqualTo(step);
        assertThat(run.chain().model()).isEqualTo(model);
        assertThat(run.chain().attempts()).singleElement().satisfies(one -> {
            assertThat(one.model()).isEqualTo("acme/short");
            assertThat(one.kind()).isEqualTo(kind);
        });
        assertThat(intake.open()).isEqualTo(step != Step.HELD);
        assertThat(exchange.getVariable(Variables.ALERTS) != null).isEqualTo(step == Step.HELD || policy.equals("freeModels"));
    }

    /** What follows where all models fail so. */
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(textBlock = """
            retryOrNext,                rate_limited,            FAILED, 6, true,  true
            retryOrNext,                provider_error,          FAILED, 6, true,  true
            retryOrNext,                invalid_answer,          FAILED, 6, true,  true
            nextModel,                  timeout,                 FAILED, 3, true,  true
            nextModel,                  no_endpoint,             FAILED, 3, false, true
            nextModelWithoutThisOne,    model_gone,              FAILED, 3, false, true
            nextModelWithLongerContext, context_length,          FAILED, 2, false, true
            nextModelWithoutFreeOnes,   free_limit,              FAILED, 3, true,  true
            fewerTokens,                max_tokens_unaffordable, FAILED, 4, true,  true
            fewerTokens,                request_unaffordable,    FAILED, 4, true,  true
            freeModels,                 insufficient_credit,     HELD,   2, ,      false
            keyRefused,                 key_refused,             HELD,   1, ,      false
            pause,                      account_blocked,         HELD,   1, ,      false
            giveUp,                     moderation,              FAILED, 1, false, true
            giveUp,                     bad_request,             FAILED, 1, false, true
            """)
    void whereAllModelsFailSo(String policy, String kind, Step step, int calls, Boolean retryable, boolean open) {
        do {
            fails(policy, failure(FailureKind.valueOf(kind.toUpperCase()), null, 50, null));
        } while (run.chain().step() == Step.CALL || run.chain().step() == Step.WAIT);
        assertThat(run.chain().step()).isEqualTo(step);
        assertThat(run.chain().calls()).isEqualTo(calls);
        assertThat(intake.open()).isEqualTo(open);
        if (step == Step.FAILED) {
            assertThat(run.calls().end().code()).isEqualTo(kind);
            assertThat(run.calls().end().retryable()).isEqualTo(retryable);
        } else {
            assertThat(run.calls().end()).isNull();
        }
    }

    @Test
    void theServersWaitIsKeptToAndALongOneNotWaitedFor() {
        fails("retryOrNext", failure(FailureKind.RATE_LIMITED, Duration.ofSeconds(7), null, null));
        assertThat(run.chain().delay()).isEqualTo(Duration.ofSeconds(7));
        fails("retryOrNext", failure(FailureKind.RATE_LIMITED, Duration.ofSeconds(7), null, null));
        assertThat(run.chain().model()).as("after two calls").isEqualTo("acme/shorter");
        fails("retryOrNext", failure(FailureKind.RATE_LIMITED, Duration.ofSeconds(31), null, null));
        assertThat(run.chain().model()).isEqualTo("acme/long");
    }

    @Test
    void whereTheServerNamesNoWaitItIsJitteredByHalf() {
        fails("retryOrNext", failure(FailureKind.PROVIDER_ERROR));
        assertThat(run.chain().delay()).isBetween(Duration.ofMillis(50), Duration.ofMillis(100));
    }

    @Test
    void aModelThatIsGoneIsLeftOutForEverybody() {
        fails("nextModelWithoutThisOne", failure(FailureKind.MODEL_GONE));
        assertThat(parked.why("acme/short")).isEqualTo(LeftOut.MODEL_GONE);
        assertThat(parked.why("acme/shorter")).isNull();
    }

    @Test
    void freeModelsRestUntilMidnightOrAsLongAsTheServerSays() {
        fails("nextModelWithoutFreeOnes", failure(FailureKind.FREE_LIMIT));
        clock.pass(Duration.ofHours(12).minusSeconds(1));
        assertThat(parked.why("acme/gift:free")).isEqualTo(LeftOut.FREE_LIMIT);
        clock.pass(1);
        assertThat(parked.why("acme/gift:free")).isNull();
        fails("nextModelWithoutFreeOnes", failure(FailureKind.FREE_LIMIT, Duration.ofSeconds(9), null, null));
        clock.pass(9);
        assertThat(parked.why("acme/gift:free")).isNull();
    }

    @Test
    void anAnswerThatDoesNotFitGoesBackOnceThenTheNextModelGetsItsOwnChance() {
        List<String> asked = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            unfit("repairOrNext", FailureKind.INVALID_OUTPUT);
            asked.add(run.chain().model() + (run.chain().repair() != null ? " repairs" : ""));
        }
        assertThat(asked).containsExactly("acme/short repairs", "acme/shorter", "acme/shorter repairs");
    }

    @Test
    void anAnswerThatWasCutIsAskedForWithTwiceTheTokensAsFarAsTheModelGivesThem() {
        unfit("moreTokens", FailureKind.OUTPUT_CUT);
        assertThat(run.chain().model()).isEqualTo("acme/short");
        assertThat(run.chain().raisedCap()).isEqualTo(150);
        unfit("moreTokens", FailureKind.OUTPUT_CUT);
        assertThat(run.chain().model()).as("after two calls").isEqualTo("acme/shorter");
    }

    @Test
    void underAPriceLimitNoSecondLongerCallIsMade() {
        start("{\"prompt\":\"Hello\",\"max_cost_cents\":1,\"response_format\":{\"type\":\"json_object\"}}", "acme/short", "acme/long");
        unfit("repairOrNext", FailureKind.INVALID_OUTPUT);
        assertThat(run.chain().model()).isEqualTo("acme/long");
        unfit("moreTokens", FailureKind.OUTPUT_CUT);
        assertThat(run.calls().end()).satisfies(end -> {
            assertThat(end.code()).as("whatever the last one was").isEqualTo("invalid_output");
            assertThat(end.retryable()).isFalse();
        });
    }

    private void unfit(String policy, FailureKind kind) {
        Answer answer = new Answer("gen-1", run.chain().model(), null, "stop", null, "no JSON", null, null, null, null, null, null, null, null);
        ObjectNode body = Json.MAPPER.createObjectNode().put("max_tokens", 100);
        run.calls().prepare(new ChatRequest.Body(body, Json.bytes(body), 100, 100), Duration.ofMinutes(1));
        run.calls().begin(clock.instant());
        run.calls().answered(answer);
        run.calls().unfit("no JSON");
        exchange.setProperty(Exchange.EXCEPTION_CAUGHT, failure(kind));
        POLICIES.get(policy).accept(fallback, exchange);
    }

    @Test
    void without402sNumberOfTokensACheaperModelIsCalled() {
        fails("fewerTokens", failure(FailureKind.REQUEST_UNAFFORDABLE));
        assertThat(run.chain().model()).isEqualTo("acme/long");
        assertThat(run.chain().models()).doesNotContain("acme/shorter");
    }

    @Test
    void withoutFreeFallbackNoCreditHoldsEverythingBack() {
        fallback = fallback(false, false);
        fails("freeModels", failure(FailureKind.INSUFFICIENT_CREDIT));
        assertThat(run.chain().step()).isEqualTo(Step.HELD);
        assertThat(intake.reason()).startsWith("no model can be called: insufficient_credit");
    }

    @Test
    void whereOnlyTheProviderObjectsAnotherModelIsAsked() {
        fails("giveUp", failure(FailureKind.BAD_REQUEST, null, null, true));
        assertThat(run.chain().model()).isEqualTo("acme/shorter");
    }

    @Test
    void aPromptThatIsRefusedWhileOthersArePaidForHasFailed() {
        fails("pause", failure(FailureKind.ACCOUNT_BLOCKED));
        clock.pass(1);
        reach.proved(clock.instant(), true);
        fails("pause", failure(FailureKind.ACCOUNT_BLOCKED));
        assertThat(run.calls().end().code()).isEqualTo("account_blocked");
        assertThat(run.calls().end().message()).startsWith("refused while other prompts are paid for");
        assertThat(run.calls().end().retryable()).isTrue();
    }

    @Test
    void whoeverCannotBeReachedHasRefusedNothingWhateverWentBefore() {
        for (String model : List.of("acme/short", "acme/shorter")) {
            assertThat(run.chain().model()).isEqualTo(model);
            fails("nextModel", failure(FailureKind.TIMEOUT));
        }
        fails("nextModel", new ConnectException("refused"));
        assertThat(run.chain().attempts()).last().satisfies(one -> assertThat(one.kind()).isEqualTo("unreachable"));
        assertThat(run.chain().step()).isEqualTo(Step.HELD);
        assertThat(intake.open()).isFalse();
    }

    @Test
    void whatNobodyForesawIsAnInvalidAnswer() {
        fails("nextModel", new IllegalStateException());
        assertThat(run.chain().attempts()).singleElement().satisfies(one -> {
            assertThat(one.kind()).isEqualTo("invalid_answer");
            assertThat(one.error()).isEqualTo("invalid_answer: IllegalStateException");
        });
    }

    @ParameterizedTest
    @EnumSource(value = Billing.class, names = {"UNKNOWN", "NO"})
    void whereThatIsToldNoOtherCallFollowsOneThatMayHaveBeenBilled(Billing billing) {
        fallback = fallback(true, true);
        fails("nextModel", new CallFailed.Details(FailureKind.TIMEOUT, null, "no", billing, null, null, null, null, null, null).exception());
        assertThat(run.calls().end() == null ? null : run.calls().end().code()).isEqualTo(billing == Billing.UNKNOWN ? "ambiguous" : null);
    }
}
