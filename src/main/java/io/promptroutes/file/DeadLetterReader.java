package io.promptroutes.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptroutes.flow.Inbound;
import io.promptroutes.prompt.DeadLetterLine;
import io.promptroutes.prompt.InputFormat;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Source;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The dead letters among what is read, each as the prompt that it was: known by the same id, from the same source. An id comes once, since
 * the file may grow by letters of the prompts that fail again. For one thread.
 */
public final class DeadLetterReader extends Ahead<Inbound> {

    private final Iterator<Inbound> lines;
    private final Set<String> codes;
    private final IdSet seen = new IdSet();
    private final Map<String, Long> skipped = new TreeMap<>();
    private long replayed;

    /** @param codes of the letters that are wanted; empty for all */
    public DeadLetterReader(Iterator<Inbound> lines, Set<String> codes) {
        this.lines = lines;
        this.codes = codes;
    }

    @Override
    Inbound read() {
        while (lines.hasNext()) {
            Inbound letter = letter(lines.next());
            if (letter != null) {
                replayed++;
                return letter;
            }
        }
        return null;
    }

    private Inbound letter(Inbound line) {
        JsonNode json = Json.tree(line.bytes());
        String code = json.path("error").path("code").asText();
        if (!(json instanceof ObjectNode letter) || !DeadLetterLine.matches(letter)) {
            return skip(code.isEmpty() ? "no dead letter that can be read" : code + " without its request");
        }
        String id = letter.path("id").asText();
        if (!seen.add(id)) {
            return null;
        }
        if (!codes.isEmpty() && !codes.contains(code)) {
            return skip(code);
        }
        Source source = Source.of(letter);
        boolean told = source != null && (source.file() != null && source.line() != null || source.offset() != null);
        return new Inbound(told ? source : line.source(), letter.path("key").textValue(), line.bytes(), false, line.length(), InputFormat.AUTO, null);
    }

    private Inbound skip(String why) {
        skipped.merge(why, 1L, Long::sum);
        return null;
    }

    /** Letters handed out. */
    public long replayed() {
        return replayed;
    }

    /** How many lines were left out, by the code of their error or another reason. */
    public Map<String, Long> skipped() {
        return skipped;
    }
}
