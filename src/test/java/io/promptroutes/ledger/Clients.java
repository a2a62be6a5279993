package io.promptroutes.ledger;

import static io.promptroutes.ledger.Prompts.CHEAP;
import static io.promptroutes.ledger.Prompts.answer;
import static io.promptroutes.ledger.Prompts.bytes;
import static io.promptroutes.ledger.Prompts.deadLetter;
import static io.promptroutes.ledger.Prompts.unknown;
import static io.promptroutes.ledger.Prompts.work;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.model.CostSource;
import io.promptroutes.model.Usage;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

/** Threads that take prompts through a ledger on every way that it has, until they are closed; amounts have up to 18 digits. */
final class Clients implements AutoCloseable {

    private static final int THREADS = 12;

    private final Ledger ledger;
    private final Told told;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean closing;

    Clients(Ledger ledger, Told told, long seed) {
        this.ledger = ledger;
        this.told = told;
        for (int thread = 0; thread < THREADS; thread++) {
            Random random = new Random(seed * THREADS + thread);
            String prefix = thread + "-";
            threads.add(new Thread(() -> prompts(prefix, random), "client-" + thread));
        }
        threads.forEach(Thread::start);
    }

    private void prompts(String prefix, Random random) {
        try {
            for (int number = 0; !closing; number++) {
                way(work(prefix + number, "tenant-" + random.nextInt(3)), random);
            }
        } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
        }
    }

    private void way(Work work, Random random) {
        String cost = usd(random);
        ledger.begin(work).join();
        switch (random.nextInt(10)) {
            case 0 -> told.claimed(ledger.claim(request(work, 0, usd(random))), work);
            case 1 -> { // not billed, then another model
                UUID first = claim(work, 0, random);
                told.settled(ledger.settle(first, Settlement.notBilled(5, "provider_error")), first, "0");
                UUID second = claim(work, 1, random);
                told.ended(ledger.settleAndFinish(second, paid(cost, random, "provider_error"), work, answer(cost)), second, cost, work, true);
            }
            case 2 -> { // a timeout, which is looked up after all
                UUID claim = claim(work, 0, random);
                told.generation(ledger.generation(claim, "gen-" + work.promptId()), claim, "gen-" + work.promptId());
                told.settled(ledger.settle(claim, unknown()), claim, Told.UNKNOWN);
                told.ended(ledger.finish(work, deadLetter()), null, null, work, false);
                told.settled(ledger.resolve(claim, new BigDecimal(cost), CostSource.REPORTED,
                        new KeptEvent(bytes("{\"type\":\"cost\",\"looked\":\"up\"}"), true, false)), claim, cost);
            }
            case 3 -> { // a timeout, whose cost stays unknown
                UUID claim = claim(work, 0, random);
                told.settled(ledger.settle(claim, unknown()), claim, Told.UNKNOWN);
                ledger.release(work.id()).join();
            }
            case 4 -> told.ended(ledger.finish(work, deadLetter()), null, null, work, false);
            case 5 -> { // nobody waits for the claim
                ledger.claim(request(work, 0, usd(random))).cancel(false);
                ledger.release(work.id()).join();
            }
            case 6 -> { // kept, and found wanting: a dead letter
                UUID claim = claim(work, 0, random);
                ledger.settleAndFinish(claim, paid(cost, random, null), work, answer(cost).unchecked()).thenAccept(done -> told.claims.put(claim, cost)).join();
                told.ended(ledger.finish(work, deadLetter()), null, null, work, false);
            }
            default -> {
                UUID claim = claim(work, 0, random);
                told.ended(ledger.settleAndFinish(claim, paid(cost, random, null), work, answer(cost)), claim, cost, work, true);
                if (random.nextInt(4) == 0) {
                    told.reused(ledger.reused(work, CHEAP, new BigDecimal(cost)));
                }
            }
        }
    }

    private UUID claim(Work work, int level, Random random) {
        return told.claimed(ledger.claim(request(work, level, usd(random))), null);
    }

    private static ClaimRequest request(Work work, int level, String usd) {
        return new ClaimRequest(work, level + 1, level, level == 0 ? CHEAP : "vendor/other", new BigDecimal(usd), false);
    }

    private static Settlement paid(String usd, Random random, String reason) {
        return new Settlement(Settlement.State.SUCCEEDED, null, CHEAP, "Vendor", new Usage(random.nextInt(5_000), random.nextInt(5_000), 0, 0, 0, 0, null), new BigDecimal(usd),
                CostSource.REPORTED, (long) random.nextInt(60_000), bytes("{\"type\":\"cost\",\"filling\":\"%s\"}".formatted("x".repeat(random.nextInt(3_000)))), reason);
    }

    private static String usd(Random random) {
        return BigDecimal.valueOf(1 + random.nextLong(1_000_000_000_000_000_000L), 18).toPlainString();
    }

    /** Waits for the prompts that were begun, and fails where anything was refused. The ledger is to be closed afterwards. */
    @Override
    public void close() {
        closing = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
        }
        assertThat(failure).as("of a client").hasNullValue();
    }
}
