package io.promptroutes.ledger;

import static io.promptroutes.ledger.Prompts.answer;
import static io.promptroutes.ledger.Prompts.bytes;
import static io.promptroutes.ledger.Prompts.call;
import static io.promptroutes.ledger.Prompts.claimed;
import static io.promptroutes.ledger.Prompts.deadLetter;
import static io.promptroutes.ledger.Prompts.paid;
import static io.promptroutes.ledger.Prompts.unknown;
import static io.promptroutes.ledger.Prompts.work;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptroutes.model.CostSource;
import io.promptroutes.model.Usage;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FiguresTest {

    @TempDir
    private Path directory;
    private Ledger ledger;

    @BeforeEach
    void open() {
        Clock noon = Clock.fixed(Instant.parse("2026-11-22T12:00:00Z"), ZoneOffset.UTC);
        ledger = Ledger.open(TestLedgers.withClock(TestLedgers.made(directory), noon));
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    @Test
    void aJobIsKnownByItsAnswersAndByThoseOfOthersThatWerePublishedForIt() {
        Work work = work("p1");
        assertThat(ledger.history().knows(work.job())).isFalse();
        ledger.settleAndFinish(claimed(ledger, new ClaimRequest(work, 1, 0, "a", new BigDecimal("0.10"), false)), answered("a", "0.001", 10), work, answer("0.001")).join();
        assertThat(ledger.history().knows(work.job())).isTrue();
        assertThat(ledger.history().knows("another folder")).isFalse();
        ledger.reused(new Work(work.id(), "another folder", "", work.promptId(), work.promptId(), work.tenant(), work.task(), false), "a", new BigDecimal("0.001")).join();
        assertThat(ledger.history().knows("another folder")).isTrue();
    }

    @Test
    void figuresAreToldByEveryDimension() {
        for (int i = 1; i <= 20; i++) {
            Work work = work("p" + i, i <= 15 ? "acme" : "other");
            UUID claim = claimed(ledger, new ClaimRequest(work, 1, i == 20 ? 1 : 0, i <= 15 ? "a" : "b", new BigDecimal("0.10"), false));
            ledger.settleAndFinish(claim, answered(i <= 15 ? "a" : "b-2026", "0.001", i * 10L), work, answer("0.001")).join();
        }
        ledger.settle(claimed(ledger, new ClaimRequest(work("q"), 1, 0, "a", new BigDecimal("0.10"), false)), unknown()).join();
        ledger.reused(work("p1"), "a", new BigDecimal("0.001"));
        ledger.reused(work("p2"), "a", new BigDecimal("0.001"));
        ledger.reused(work("p16", "third"), null, new BigDecimal("0.5")).join();

        Figures.Row total = TestLedgers.total(ledger);
        assertThat(total.requests()).isEqualTo(21);
        assertThat(total.costUsd()).isEqualByComparingTo("0.020");
        assertThat(total.uncertainUsd()).isEqualByComparingTo("0.10");
        assertThat(total.meanCostUsd()).isEqualByComparingTo("0.000952380952380952");
        assertThat(total.p95Ms()).as("200 to within a tenth").isBetween(180L, 220L);
        assertThat(total.promptTokens()).isEqualTo(20 * 12);
        assertThat(total.completionTokens()).isEqualTo(20 * 64);
        assertThat(total.fallbacks()).isEqualTo(1);
        assertThat(total.errors()).isEqualTo(1);
        assertThat(total.reused()).isEqualTo(3);
        assertThat(total.savedUsd()).isEqualByComparingTo("0.502");
        assertRows(Figures.By.MODEL, Map.of("a", 16L, "b-2026", 5L, "", 0L));
        assertRows(Figures.By.TENANT, Map.of("acme", 16L, "other", 5L, "third", 0L));
        assertRows(Figures.By.DAY, Map.of("2026-11-22", 21L));
        assertRows(Figures.By.TASK, Map.of("chat", 21L));
        assertRows(Figures.By.JOB, Map.of("out", 21L));
        assertThat(ledger.figures().by(Figures.By.MODEL, LocalDate.EPOCH).get(1).meanMs()).as("1 to 15, and a timeout").isEqualTo(1950);
        assertThat(TestLedgers.total(ledger, LocalDate.parse("2026-11-23")).requests()).isZero();
    }

    private void assertRows(Figures.By dimension, Map<String, Long> requests) {
        assertThat(ledger.figures().by(dimension, LocalDate.EPOCH)).extracting(Figures.Row::name).containsExactlyInAnyOrderElementsOf(requests.keySet());
        assertThat(ledger.figures().by(dimension, LocalDate.EPOCH)).allSatisfy(row -> assertThat(row.requests()).isEqualTo(requests.get(row.name())));
    }

    private static Settlement answered(String model, String usd, long latencyMs) {
        return new Settlement(Settlement.State.SUCCEEDED, null, model, "Vendor", new Usage(12, 64, 0, 0, 0, 76, null), new BigDecimal(usd),
                CostSource.REPORTED, latencyMs, null, null);
    }

    /** A call that came to nothing has no length, and an answer that was not what was asked for has one. */
    @Test
    void answersAreAsLongInTheMeanAsThoseThatCame() {
        for (int i = 0; i < 4; i++) {
            UUID claim = claimed(ledger, call(work("p" + i), "0.10"));
            ledger.settle(claim, answered("a", "0.001", 10)).join();
            if (i % 2 == 0) {
                ledger.settle(claim, new Settlement(Settlement.State.FAILED, null, null, null, null, null, null, 10L, null, "invalid_json")).join();
            }
        }
        ledger.settle(claimed(ledger, call(work("q"), "0.10")), unknown()).join();
        ledger.settle(claimed(ledger, call(work("r"), "0.10")), Settlement.notBilled(5, "rate_limited")).join();
        ledger.reused(work("p1"), Prompts.CHEAP, BigDecimal.ZERO).join();
        assertThat(ledger.figures().lengths()).containsExactly(new Figures.Lengths("chat", Prompts.CHEAP, 4, 4 * 64));
    }

    @Test
    void anEmptyLedgerHasFiguresToo() {
        assertThat(TestLedgers.total(ledger).requests()).isZero();
        assertThat(ledger.figures().last(100)).isEmpty();
    }

    @Test
    void theLastCallsComeLatestFirst() {
        for (int i = 0; i < 120; i++) {
            claimed(ledger, call(work("p" + i), "0.01"));
        }
        UUID last = claimed(ledger, call(work("last"), "0.01"));
        List<Figures.Call> calls = ledger.figures().last(100);
        assertThat(calls).hasSize(100);
        assertThat(calls.get(0).claimId()).isEqualTo(last);
        assertThat(calls).extracting(Figures.Call::at).isSortedAccordingTo(Comparator.reverseOrder());
    }

    @Test
    void everyFinishedWorkOfAJobComesBackWithItsEvents() {
        List<CompletableFuture<Settled>> all = new ArrayList<>();
        for (int i = 0; i < 1100; i++) {
            if (i % 2 == 0) {
                Work work = work("p" + i);
                all.add(ledger.claim(call(work, "0.01")).thenCompose(claim -> ledger.settleAndFinish(
                        ((ClaimAnswer.Reserved) claim).claimId(), paid("0.01"), work, answer("0.01"))));
            } else {
                all.add(ledger.finish(work("p" + i), deadLetter()));
            }
        }
        all.forEach(CompletableFuture::join);
        ledger.finish(new Work(work("elsewhere").id(), "other job", "", "elsewhere", "elsewhere", "acme", null, false), answer("0")).join();
        ledger.claim(call(work("open"), "0.01")).join();
        List<FinishedWork> works = new ArrayList<>();
        ledger.history().forEachFinished("out", works::add);
        assertThat(works).extracting(FinishedWork::id).hasSize(1100).doesNotHaveDuplicates();
        assertThat(works).filteredOn(FinishedWork::answered).hasSize(550);
        assertThat(works).filteredOn(work -> !work.answered()).hasSize(550)
                .allSatisfy(work -> assertThat(work.json()).isEqualTo(bytes("{\"error\":{}}")));
        List<byte[]> events = new ArrayList<>();
        ledger.history().events("out", events::add);
        assertThat(events).hasSize(550).containsOnly(bytes("{\"type\":\"cost\"}"));
    }

    @Test
    void aWorkThatIsDoneAgainHasTheIdOfItsPromptOfNow() {
        WorkId id = work("p").id();
        ledger.finish(new Work(id, "then", "", "a.csv:3", "a.csv:3", "acme", null, false), deadLetter()).join();
        ledger.finish(new Work(id, "now", "", "b.csv:7", "b.csv:7", "acme", null, false), answer("0").again()).join();
        List<FinishedWork> works = new ArrayList<>();
        ledger.history().forEachFinished("now", works::add);
        assertThat(works).extracting(FinishedWork::promptId).containsExactly("b.csv:7");
    }

    @Test
    void whatIsPurgedIsForgottenAndWhatItCostIsNot() {
        for (int i = 0; i < 450; i++) {
            UUID claim = claimed(ledger, call(work("p" + i), "0.01"));
            ledger.settleAndFinish(claim, paid("0.01"), work("p" + i), answer("0.01")).join();
        }
        UUID open = claimed(ledger, call(work("open"), "0.01"));
        assertThat(ledger.retention().purge(Instant.now().minusSeconds(3600))).isZero();
        assertThat(ledger.retention().purge(Instant.now().plusSeconds(3600))).isEqualTo(450);
        assertThat(ledger.begin(work("p1")).join()).isEqualTo(new KnownWork.New(0, BigDecimal.ZERO, null, List.of()));
        assertThat(TestLedgers.total(ledger).costUsd()).isEqualByComparingTo("4.50");
        ledger.history().events("out", event -> assertThat(event).as("left over").isNull());
        assertThat(ledger.settle(open, paid("0.01")).join().applied()).isTrue();
    }

    /** They are of this month: a limit that is set on the last day counts them. */
    @Test
    void callsThatOutliveTheirWorksGoInALaterMonth() {
        for (int i = 0; i < 250; i++) {
            ledger.settleAndFinish(claimed(ledger, call(work("p" + i), "0.01")), paid("0.01"), work("p" + i), answer("0.01")).join();
        }
        ledger.settle(claimed(ledger, call(work("unfinished"), "0.01")), paid("0.01")).join();
        assertThat(ledger.retention().purge(Instant.now().plusSeconds(3600))).isEqualTo(250);
        assertThat(ledger.figures().last(1000)).hasSize(251);
        ledger.close();
        Clock later = Clock.offset(Clock.systemUTC(), Duration.ofDays(40));
        ledger = Ledger.open(TestLedgers.withClock(TestLedgers.made(directory), later));
        assertThat(ledger.retention().purge(Instant.now().minusSeconds(3600))).isZero();
        assertThat(ledger.figures().last(1000)).as("not that old").hasSize(251);
        assertThat(ledger.retention().purge(Instant.now().plusSeconds(3600))).isZero();
        assertThat(ledger.figures().last(1000)).as("of a work that is there").hasSize(1);
        assertThat(TestLedgers.total(ledger).requests()).isEqualTo(251);
    }

    @Test
    void oneProviderIsUsedAndNoKeyIsKept() {
        Providers providers = ledger.providers();
        providers.add(provider("one", "env:ONE_KEY", true)).join();
        providers.add(provider("two", "file:/run/secrets/two", false)).join();
        assertThat(providers.used()).map(Provider::id).hasValue("one");
        assertThat(providers.use("two").join()).isTrue();
        assertThat(providers.used()).hasValue(provider("two", "file:/run/secrets/two", true));
        assertThat(providers.use("three").join()).isFalse();
        assertThat(providers.remove("two").join()).isTrue();
        assertThat(providers.list()).containsExactly(provider("one", "env:ONE_KEY", false));
        assertThatThrownBy(() -> provider("bad", "sk-or-canary", true)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("canary");
    }

    private static Provider provider(String id, String key, boolean isDefault) {
        return new Provider(id, "Name of " + id, "openai", "https://" + id + ".example/v1", Map.of(Provider.KEY, key), true, isDefault);
    }
}
