package io.promptroutes.flow;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.cost.Cost;
import io.promptroutes.ledger.Known;
import io.promptroutes.ledger.Work;
import io.promptroutes.openrouter.Answer;
import io.promptroutes.openrouter.CallEntity;
import io.promptroutes.openrouter.CallFailed;
import io.promptroutes.openrouter.ChatRequest;
import io.promptroutes.prompt.Prompt;
import io.promptroutes.routing.Chain;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;

/**
 * A prompt on its way: what was decided, what was called, what came of it.
 * Belongs to one exchange; its steps follow one another on different threads, never at once.
 */
public final class Run {

    private final Prompt prompt;
    private final String task;
    private final Chain chain;
    private final Decision decision;
    private final Bill bill = new Bill();

    private Call next;
    private Duration timeout;
    private Call call;
    private Failure end;
    private Work work;
    private int earlierCalls;
    private boolean reopened;
    private boolean calling;
    private String turn;
    private String question;
    private Answer unfit;
    private String fault;
    private ObjectNode repair;
    private Known known;
    private Instant refused;

    public Run(Prompt prompt, String task, Chain chain, Decision decision) {
        this.prompt = prompt;
        this.task = task;
        this.chain = chain;
        this.decision = decision;
    }

    /** Intake has let the next call through. */
    public void entered() {
        calling = true;
    }

    /** What the next call sends is ready. @param limit its wall clock */
    public void prepare(ChatRequest.Body body, Duration limit) {
        next = new Call(body);
        timeout = limit;
    }

    /** The prepared call begins. */
    public void begin(Instant now) {
        call = next;
        call.begin(new CallEntity(call.request().bytes(), chain.begin(timeout, now)), now);
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

    public void answered(Answer given) {
        call.answer = given;
        chain.end(Chain.Step.ANSWERED);
    }

    /** No model answered: this is what the dead letter says. */
    public void fail(Failure why) {
        end = why;
        chain.end(Chain.Step.FAILED);
    }

    /** Adds what the last call cost, or may have cost. */
    public void spend(Cost cost) {
        if (cost.instead() != null) {
            call.counted = cost.instead();
        }
        bill.add(cost, worst(chain.calledModel()));
    }

    /** Whether a call of {@code model} cannot make the prompt cost more than its request allows. */
    public boolean mayCost(String model) {
        BigDecimal cents = prompt.maxCostCents();
        return cents == null || bill.allows(worst(model), cents.movePointLeft(2));
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
        bill.earlier(usd);
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
        return question == null || call == null || call.answer() == null || !call.answer().whole() ? null : question + " " + chain.calledModel();
    }

    /** The last call's answer is not what the request asks for. @param why in words for the model */
    public void unfit(String why) {
        unfit = call.answer;
        call.unfit = call.answer;
        call.answer = null;
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

    /** What the ledger has last said of the work. */
    public void known(Known said) {
        known = said;
    }

    public Known known() {
        return known;
    }

    /** A call that began then was refused for what seems to be the account; of several the first one counts. */
    public void refused(Instant began) {
        refused = refused == null ? began : refused;
    }

    public Instant refused() {
        return refused;
    }

    /** Somebody else has the work: it is to be looked up again. */
    public void forgetWork() {
        work = null;
    }

    /** Null where there is no ledger. */
    public Work work() {
        return work;
    }

    /** Number of the current call among all that were ever made for this work, from 1. */
    public int attempt() {
        return earlierCalls + chain.calls();
    }

    public Prompt prompt() {
        return prompt;
    }

    public String task() {
        return task;
    }

    public Chain chain() {
        return chain;
    }

    public Decision decision() {
        return decision;
    }

    /** The prepared one. */
    public Call next() {
        return next;
    }

    /** The last one that began; null before the first. */
    public Call call() {
        return call;
    }

    /** Why the last call failed; null where none has. */
    public CallFailed.Details failure() {
        return call == null ? null : call.failure();
    }

    /** Why there is no answer; null while there may be one. */
    public Failure end() {
        return end;
    }

    public Bill bill() {
        return bill;
    }

    @Override
    public String toString() {
        return prompt.toString();
    }
}
