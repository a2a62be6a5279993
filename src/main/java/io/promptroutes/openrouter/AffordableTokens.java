package io.promptroutes.openrouter;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The output cap that a 402 names: "You requested up to 64000 tokens, but can only afford 2,048". Stateless. */
final class AffordableTokens {

    /** A separator belongs to the number only in front of exactly three digits, else it ends the sentence. */
    private static final Pattern AFFORD = Pattern.compile(
            "can only afford\\s+(-?)([1-9]\\d{0,2}(?:[,.'_ \u00a0\u202f]\\d{3})+(?!\\d)|\\d+)", Pattern.CASE_INSENSITIVE);
    private static final int MOST_DIGITS = 9;

    private AffordableTokens() {
    }

    /** @return null where the text names no number, or one below 1 */
    static Integer in(String text) {
        Matcher afford = AFFORD.matcher(text);
        if (!afford.find() || !afford.group(1).isEmpty()) {
            return null;
        }
        String digits = afford.group(2).replaceAll("\\D", "");
        int tokens = digits.length() > MOST_DIGITS ? Integer.MAX_VALUE : Integer.parseInt(digits);
        return tokens < 1 ? null : tokens;
    }
}
