package io.promptroutes.flow;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.cost.Cost;
import io.promptroutes.cost.CostSource;
import io.promptroutes.ledger.Work;
import io.promptroutes.openrouter.Answer;
import io.promptroutes.openrouter.CallEntity;
import io.promptroutes.openrouter.CallFailed;
import io.promptroutes.openrouter.ChatRequest;
import io.promptroutes.openrouter.FailureKind;
import io.promptroutes.prompt.Prompt;
import io.promptroutes.prompt.Task;
import io.promptroutes.routing.Chain;
import io.promptroutes.routing.Choice;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * A prompt on its way: what was decided, what was called, what came of it.
 * Belongs to one exchange; its steps follow one another on different threads, never at once.
 */
public final class Run {

    private final Prompt prompt;
    private final Task task;
    private final Chain chain;
    private final Decision decision;

    private ChatRequest.Body request;
    private Duration timeout;
    private CallEntity call;
    private Instant callStarted;
    private long callStartedNanos;
    private long latencyMs;
    private Answer answer;
    private CallFailed.Details failure;
    private Cost answerCost;
    private BigDecimal spent = BigDecimal.ZERO;
    private CostSource weakest = CostSource.REPORTED;
    private int unknownCosts;
    private BigDecimal uncertain = BigDecimal.ZERO;
    private Failure end;
    private Work work;
    private UUID claim;
    private int earlierCalls;
    private BigDecimal earlierSpent = BigDecimal.ZERO;
    private boolean reopened;
    private boolean calling;
    private String turn;
    private String question;
    private Answer unfit;
    private String fault;
    private ObjectNode repair;
    private String remark;

    /**
     * How the models were chosen, for the result's {@code routing}.
     *
     * @param temperature as set by the task; null where the request names its own
     * @param maxTokens   output cap as set by the task; null where the request names its own
     * @param choice      of the models
     * @param confidence  in the task, from 0 to 1; null where it was not weighed
     * @param signs       that spoke most for the task; empty where the request names it
     */
    public record Decision(String tier, String reason, BigDecimal temperature, Integer maxTokens, Choice choice, Double confidence,
            List<String> signs) {

        /** Models passed over, each with the reason. */
        public List<String> rejected() {
            return choice.rejected();
        }

        /** For one model of a comparison. */
        public Decision alone() {
            return new Decision(tier, reason, temperature, maxTokens, choice.alone(), confidence, signs);
        }
    }

    public Run(Prompt prompt, Task task, Chain chain, Decision decision) {
        this.prompt = prompt;
        this.task = task;
        this.chain = chain;
        this.decision = decision;
    }

    /** Intake has let the next call through. */
    public void entered() {
        calling = true;
    }

    /** What the next call sends is ready. */
    public void prepare(ChatRequest.Body body, Duration limit) {
        request = body;
        timeout = limit;
    }

    /** The call begins. */
    public void begin(Instant now) {
        call = new CallEntity(request.bytes(), chain.begin(timeout, now));
        callStarted = now;
        callStartedNanos = System.nanoTime();
        answer = null;
        failure = null;
        turn = null;
    }

    /** Whether this run still has to take its turn under the limits per minute; it has from now on, until its next call begins. */
    public boolean takeTurn() {
        boolean first = !chain.model().equals(turn);
        turn = chain.model();
        return first;
    }

    /** Whether a call began whose outcome is not yet safe; false from now on. */
    public boolean settle() {
        boolean was = calling;
        calling = false;
        return was;
    }

    /** The call has ended, with an answer or a failure to be noted next. */
    public void ended() {
        latencyMs = (System.nanoTime() - callStartedNanos) / 1_000_000;
    }

    public void answered(Answer given) {
        answer = given;
        chain.answered();
    }

    public void failed(CallFailed.Details details) {
        failure = details;
    }

    /** No model answered: this is what the dead letter says. */
    public void fail(Failure why) {
        end = why;
        chain.fail();
    }

    /** Adds what the last call cost, or may have cost. */
    public void spend(Cost cost) {
        answerCost = cost;
        if (cost.usd() == null) {
            unknownCosts++;
            uncertain = uncertain.add(worst(chain.calledModel()));
            return;
        }
        spent = spent.add(cost.usd());
        if (cost.source().compareTo(weakest) > 0) {
            weakest = cost.source();
        }
    }

    /** Whether a call of {@code model} cannot make the prompt cost more than its request allows. */
    public boolean mayCost(String model) {
        BigDecimal cents = prompt.maxCostCents();
        return cents == null || spent().add(uncertain).add(worst(model)).compareTo(cents.movePointLeft(2)) <= 0;
    }

    private BigDecimal worst(String model) {
        return model == null ? BigDecimal.ZERO : decision.choice().worst().getOrDefault(model, BigDecimal.ZERO);
    }

    /**
     * The ledger knows this work.
     *
     * @param calls made for it by earlier runs of the program
     * @param usd   what those cost, as far as known
     */
    public void begun(Work begun, int calls, BigDecimal usd) {
        work = begun;
        earlierCalls = Math.max(0, calls - chain.calls()); // looked up again, the ledger knows of this run's own as well
        earlierSpent = usd.subtract(spent).max(BigDecimal.ZERO);
    }

    /** The work is done again although it was finished before. */
    public void reopen() {
        reopened = true;
    }

    public boolean reopened() {
        return reopened;
    }

    /** Its answer may be given to others that ask the same. @param asked what they ask, but for the model */
    public void shares(String asked) {
        question = asked;
    }

    /** Null where the answer is for this prompt alone. */
    public String question() {
        return question;
    }

    /** Under which the answer of the last call may be given again, which is its model's; null where it may not be. */
    public String cacheKey() {
        return question == null || answer == null || !answer.whole() ? null : question + " " + chain.calledModel();
    }

    /** The last call's answer is not what the request asks for. @param why in words for the model */
    public void unfit(String why) {
        unfit = answer;
        answer = null;
        fault = why;
    }

    /** The last answer that was not what the request asks for, or null. */
    public Answer unfit() {
        return unfit;
    }

    /** The model is to be told what is wrong with its answer. */
    public void repair() {
        repair = ChatRequest.repairing(prompt.request(), unfit.text(), fault);
    }

    /** The fields that the next call sends: the request's own, or with the conversation so far where an answer is to be repaired. */
    public ObjectNode fields() {
        return chain.repairing() ? repair : prompt.request();
    }

    /** What the last call was paid for: its answer, fit or not; null where it gave none. */
    public Answer paid() {
        boolean rejected = failure != null && (failure.kind() == FailureKind.INVALID_OUTPUT || failure.kind() == FailureKind.OUTPUT_CUT);
        return answer == null && rejected ? unfit : answer;
    }

    /** Something to know about the result, or null. */
    public void remark(String note) {
        remark = note;
    }

    public String remark() {
        return remark;
    }

    /** Somebody else has the work: it is to be looked up again. */
    public void forgetWork() {
        work = null;
    }

    /** The claim under which the current call is made. */
    public void claimed(UUID id) {
        claim = id;
    }

    /** Null where there is no ledger. */
    public Work work() {
        return work;
    }

    /** Of the current call; null where there is no ledger. */
    public UUID claim() {
        return claim;
    }

    /** Number of the current call among all that were ever made for this work, from 1. */
    public int attempt() {
        return earlierCalls + chain.calls();
    }

    public Prompt prompt() {
        return prompt;
    }

    public Task task() {
        return task;
    }

    public Chain chain() {
        return chain;
    }

    public Decision decision() {
        return decision;
    }

    /** What the next or current call sends. */
    public ChatRequest.Body request() {
        return request;
    }

    public CallEntity call() {
        return call;
    }

    public Instant callStarted() {
        return callStarted;
    }

    /** Of the last call, in milliseconds. */
    public long latencyMs() {
        return latencyMs;
    }

    /** Null until a model has answered. */
    public Answer answer() {
        return answer;
    }

    /** Why the last call failed; null where none has. */
    public CallFailed.Details failure() {
        return failure;
    }

    /** Why there is no answer; null while there may be one. */
    public Failure end() {
        return end;
    }

    /** Of the last call that was or may have been billed, or null. */
    public Cost lastCost() {
        return answerCost;
    }

    /** USD over all calls of this prompt whose cost is known. */
    public BigDecimal spent() {
        return spent.add(earlierSpent);
    }

    /** The least certain source among the sums in {@link #spent}. */
    public CostSource costSource() {
        return weakest;
    }

    /** Calls that may have been billed, with no way to know what. */
    public int unknownCosts() {
        return unknownCosts;
    }

    @Override
    public String toString() {
        return prompt.toString();
    }
}
