package io.promptroutes.ledger;

import static io.promptroutes.ledger.Prompts.answer;
import static io.promptroutes.ledger.Prompts.call;
import static io.promptroutes.ledger.Prompts.paid;
import static io.promptroutes.ledger.Prompts.work;

import java.nio.file.Path;

/** A process to be killed: claims and finishes as fast as it can, and says on its output what was acknowledged. */
final class ClaimingProcess {

    private ClaimingProcess() {
    }

    /** @param args the ledger's directory and a name for this run's prompts */
    public static void main(String[] args) {
        Ledger ledger = TestLedgers.openTracking(TestLedgers.embedded(Path.of(args[0])));
        for (int t = 0; t < 8; t++) {
            String thread = args[1] + "-" + t + "-";
            new Thread(() -> {
                for (int i = 0;; i++) {
                    Work work = work(thread + i);
                    ClaimAnswer claim = ledger.claim(call(work, "0.10")).join();
                    say("claimed " + work.promptId());
                    if (i % 2 == 0) {
                        ledger.settleAndFinish(((ClaimAnswer.Reserved) claim).claimId(), paid("0.01"), work, answer("0.01")).join();
                        say("answered " + work.promptId());
                    }
                }
            }).start();
        }
    }

    private static synchronized void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
