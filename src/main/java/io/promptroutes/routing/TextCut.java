package io.promptroutes.routing;

import java.text.BreakIterator;
import java.util.Locale;

/** Where a text may be cut. Stateless. */
final class TextCut {

    /** Characters before the latest place in which a sentence's end is looked for: nobody is to lose a page for it. */
    private static final int BACK = 1_000;

    private TextCut() {
    }

    /** The end of the last whole sentence within the first {@code most} characters, else of the last word, else of the last character. */
    static int before(String text, int most) {
        if (most >= text.length()) {
            return text.length();
        }
        int from = Math.max(0, most - BACK);
        String near = text.substring(from, Math.min(text.length(), most + BACK));
        for (BreakIterator ends : new BreakIterator[] {BreakIterator.getSentenceInstance(Locale.ROOT),
            BreakIterator.getWordInstance(Locale.ROOT), BreakIterator.getCharacterInstance(Locale.ROOT)}) {
            ends.setText(near);
            int end = ends.isBoundary(most - from) ? most - from : ends.preceding(most - from);
            if (end > 0) {
                return from + end;
            }
        }
        return 0;
    }
}
