package io.promptroutes.call;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import io.promptroutes.prompt.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds JSON in a text that is more than that. Takes linear time. Stateless. */
public final class EmbeddedJson {

    private static final Pattern THOUGHTS = Pattern.compile("(?i)\\s*+(<(think|thought|reasoning)|\\[think]|\u25c1think\u25b7)");
    private static final Pattern THOUGHTS_END = Pattern.compile("(?i)</(think(ing)?|thoughts?|reasoning)>|\\[/think]|\u25c1/think\u25b7");
    private static final Pattern FENCED = Pattern.compile("(?ms)^[ \\t]*+```[^\\n`]*+\\n(.*?)(?:^[ \\t]*+```|\\z)");

    /** Characters that are searched, and objects and arrays that are looked at: what has more is no answer with something around it. */
    private static final int LONGEST = 1_000_000;
    private static final int MOST = 200;

    private EmbeddedJson() {
    }

    /** The one object or array that a text is, or holds; null where there is none, or several. */
    public static String only(String text) {
        String bare = text.strip();
        if ((bare.startsWith("{") || bare.startsWith("[")) && is(bare)) {
            return bare;
        }
        List<String> found = in(text).stream().filter(json -> json.startsWith("{") || json.startsWith("[")).toList();
        List<String> objects = found.stream().filter(json -> json.startsWith("{") && is(json)).toList();
        List<String> meant = objects.isEmpty() ? found.stream().filter(EmbeddedJson::is).toList() : objects;
        return meant.size() == 1 ? meant.get(0) : null;
    }

    /** Whether a text is one JSON value; its numbers are not looked at. */
    static boolean is(String text) {
        return fault(text) == null;
    }

    /** Why it is none, for the model; null where it is. */
    static String fault(String text) {
        try (JsonParser parser = Json.MAPPER.createParser(text)) {
            boolean any = parser.nextToken() != null;
            parser.skipChildren();
            return any && parser.nextToken() == null ? null : "it is not JSON";
        } catch (IOException e) {
            JsonLocation where = e instanceof JsonProcessingException fault ? fault.getLocation() : null;
            return "it is not valid JSON" + (where == null ? "" : " (line " + where.getLineNr() + ", column " + where.getColumnNr() + ")");
        }
    }

    /**
     * What a text behind its thoughts holds: the only fenced block, if that is JSON; all of it, if it is; else every outermost object and array.
     * Nothing where one of these is not closed, for what is in it is a part of an answer; nothing where there are very many.
     */
    static List<String> in(String text) {
        if (text.length() > LONGEST) {
            return List.of();
        }
        Matcher end = THOUGHTS_END.matcher(text);
        int start = end.find() ? end.end() : 0;
        for (Matcher thoughts = THOUGHTS.matcher(text); thoughts.region(start, text.length()).lookingAt(); start = end.end()) {
            if (!end.find()) {
                return List.of(); // it ended while it was thinking
            }
        }
        String said = text.substring(start);
        List<MatchResult> blocks = FENCED.matcher(said).results().limit(2).toList();
        return values(blocks.size() == 1 && is(blocks.get(0).group(1)) ? blocks.get(0).group(1) : said);
    }

    private static List<String> values(String text) {
        if (is(text)) {
            return List.of(text.strip());
        }
        List<String> found = new ArrayList<>();
        boolean quoted = false;
        int depth = 0;
        int start = 0;
        int all = 0;
        for (int i = 0; i < text.length() && all <= MOST; i++) {
            char c = text.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (c == '"' && depth > 0) {
                quoted = !quoted;
            } else if (!quoted && (c == '{' || c == '[') && depth++ == 0) {
                start = i;
                all++;
            } else if (!quoted && depth > 0 && (c == '}' || c == ']') && --depth == 0 && is(text.substring(start, i + 1))) {
                found.add(text.substring(start, i + 1));
            }
        }
        return depth == 0 && all <= MOST ? found : List.of();
    }
}
