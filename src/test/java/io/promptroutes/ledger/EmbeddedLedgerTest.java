package io.promptroutes.ledger;

import static io.promptroutes.ledger.Prompts.call;
import static io.promptroutes.ledger.Prompts.paid;
import static io.promptroutes.ledger.Prompts.work;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddedLedgerTest extends LedgerContract {

    @TempDir
    private Path directory;

    @Override
    LedgerSettings settings() {
        return TestLedgers.embedded(directory.resolve("data"));
    }

    @Test
    void aThousandConcurrentClaimsNeverPassALimit() throws Exception {
        limit(Scope.TOTAL, Period.JOB, "5.00");
        ExecutorService threads = Executors.newFixedThreadPool(100);
        List<Future<Boolean>> claims = new ArrayList<>();
        try {
            for (int i = 0; i < 1000; i++) {
                ClaimRequest request = call(work("p" + i), "0.10");
                claims.add(threads.submit(() -> {
                    if (ledger.claim(request).join() instanceof ClaimAnswer.Reserved reserved) {
                        ledger.settle(reserved.claimId(), paid("0.10")).join();
                        return true;
                    }
                    return false;
                }));
            }
            int made = 0;
            for (Future<Boolean> claim : claims) {
                made += claim.get() ? 1 : 0;
            }
            assertThat(made).isEqualTo(50);
        } finally {
            threads.shutdown();
        }
        assertSpending("5.00", "0", "0");
    }

    @Test
    void aSecondOpenerIsToldWhoHasIt() {
        assertThatThrownBy(() -> Ledger.open(settings())).isInstanceOf(LedgerLocked.class)
                .hasMessageContaining("in use by process " + ProcessHandle.current().pid()).hasMessageContaining("PostgreSQL");
        assertThat(ledger.begin(work("p")).join()).as("the first goes on").isInstanceOf(KnownWork.New.class);
    }

    @Test
    void aClosedLedgerSaysSo() {
        ledger.close();
        assertThatThrownBy(() -> ledger.begin(work("p")).join()).hasCauseInstanceOf(LedgerUnavailable.class).hasMessageContaining("closed");
        ledger = Ledger.open(settings());
    }

    /** H2 would make a new one of an empty file: what was paid would be forgotten, and every budget would begin again. */
    @ParameterizedTest
    @ValueSource(strings = {"", "H", "no database", "\u0000\u0000\u0000\u0000", "H:2,block:1,blockSize:1000,chunk:1"})
    void aFileThatIsNoDatabaseIsRefusedAndLeftAsItIs(String content) throws IOException {
        Path file = Files.createDirectories(directory.resolve("other")).resolve("ledger.mv.db");
        Files.writeString(file, content);
        assertThatThrownBy(() -> Ledger.open(TestLedgers.embedded(file.getParent()))).isInstanceOf(LedgerUnavailable.class)
                .hasMessageContaining(file.getParent().toString());
        assertThat(file).hasContent(content);
    }
}
