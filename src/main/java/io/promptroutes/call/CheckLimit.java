package io.promptroutes.call;

import com.networknt.schema.ExecutionConfig;
import java.time.Duration;
import java.util.Locale;

/**
 * The time that one check may take, which ends it by {@link Over} wherever it is: the validator asks for this configuration at every
 * step, and a regular expression reads its text through it. For one thread.
 */
final class CheckLimit extends ExecutionConfig {

    /** The check takes too long, or the program ends. */
    static final class Over extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final int STEPS = 256;

    private final long end;
    private int steps;

    CheckLimit(Duration limit) {
        end = System.nanoTime() + limit.toNanos();
        setLocale(Locale.ENGLISH);
        setFormatAssertionsEnabled(false); // their patterns are not ours to watch
    }

    /** What every validator asks first. */
    @Override
    public boolean isDebugEnabled() {
        step();
        return false;
    }

    private void step() {
        if (++steps % STEPS == 0 && (System.nanoTime() - end > 0 || Thread.currentThread().isInterrupted())) {
            throw new Over();
        }
    }

    CharSequence watched(String text) {
        return new CharSequence() {
            @Override
            public char charAt(int index) {
                step();
                return text.charAt(index);
            }

            @Override
            public int length() {
                return text.length();
            }

            @Override
            public CharSequence subSequence(int start, int stop) {
                return text.subSequence(start, stop);
            }
        };
    }
}
