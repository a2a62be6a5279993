package io.promptroutes.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A text with places for a record's fields, in Mustache without partials. A field that the record does not have is an error as a value and
 * false as a section; null and empty are empty text. Nothing is escaped. Thread-safe.
 */
public final class Template {

    private static final Mustache.Compiler MUSTACHE = Mustache.compiler().standardsMode(true).escapeHTML(false)
            .withFormatter(value -> value instanceof Scope scope ? scope.text() : value.toString());

    /** Null where somebody else makes the text. */
    private final com.samskivert.mustache.Template compiled;
    private final Maker maker;
    private final boolean takesText;
    private final Set<String> names = new TreeSet<>();

    /** Makes the text of a record in another way. */
    public interface Maker {

        /** @throws InvalidPrompt where the record does not fit; never quotes it */
        String text(JsonNode record) throws InvalidPrompt;
    }

    /** One that is not in Mustache. @param takesText whether a plain text, as field {@code text}, means anything to it */
    public Template(Maker maker, boolean takesText) {
        this.maker = maker;
        this.takesText = takesText;
        compiled = null;
    }

    /** @throws IllegalArgumentException where it is no template; says the line */
    public Template(String text) {
        maker = null;
        try {
            compiled = MUSTACHE.compile(text);
        } catch (MustacheException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        } catch (StringIndexOutOfBoundsException e) {
            throw new IllegalArgumentException("a field without a name", e);
        }
        if (!text.contains("{{=") && text.lastIndexOf("{{") > text.lastIndexOf("}}")) {
            throw new IllegalArgumentException("a {{ is not closed"); // text, to the library
        }
        compiled.visit(new Names());
        takesText = uses(PromptSettings.TEXT) || uses(".") || uses("this");
    }

    /** Whether a plain text, which is a record with the one field {@code text}, means anything to it. */
    boolean takesText() {
        return takesText;
    }

    /** Whether it names the field, or something in it. */
    public boolean uses(String field) {
        return names.stream().anyMatch(name -> name.equals(field) || name.startsWith(field + "."));
    }

    /** Of the names in it, those that none of the records has, at whatever depth. Empty where it is not in Mustache. */
    public Set<String> absent(Collection<JsonNode> records) {
        Set<String> absent = new TreeSet<>(names);
        absent.removeIf(name -> name.equals(".") || name.equals("this") || name.startsWith("-"));
        records.forEach(record -> drop(absent, record));
        return absent;
    }

    private static void drop(Set<String> absent, JsonNode part) {
        absent.removeIf(name -> new Scope(part, null).get(name) != null);
        part.forEach(child -> drop(absent, child));
    }

    /**
     * @param maxBytes the longest text that may come of it, in UTF-8
     * @param id       for the error, or null
     */
    String render(JsonNode record, int maxBytes, String id) throws InvalidPrompt {
        if (maker != null) {
            return bounded(maker.text(record), maxBytes, id);
        }
        Bounded out = new Bounded(maxBytes);
        try {
            compiled.execute(new Scope(record, null), out);
        } catch (MustacheException.Context e) {
            throw new InvalidPrompt(InvalidPrompt.MISSING_PROMPT, id, "there is no field '" + Fields.quote(e.key) + "' for the template");
        } catch (MustacheException e) {
            throw tooLarge(maxBytes, id); // the writer's, which is all that is left
        }
        return bounded(out.toString(), maxBytes, id);
    }

    private static String bounded(String text, int maxBytes, String id) throws InvalidPrompt {
        if (text.length() > maxBytes / 3 && text.getBytes(StandardCharsets.UTF_8).length > maxBytes) {
            throw tooLarge(maxBytes, id);
        }
        return text;
    }

    private static InvalidPrompt tooLarge(int maxBytes, String id) {
        return new InvalidPrompt(InvalidPrompt.TOO_LARGE, id, "filled in, the template is longer than the " + maxBytes + " bytes allowed");
    }

    /** A part of the record, and the part around it in which simple names are looked up, too. As a section it is each of its elements, or itself. */
    private record Scope(JsonNode node, Scope outer) implements Mustache.CustomContext, Iterable<Scope> {

        /** The whole name first, as a column may be called {@code a.b}, then the path. Null where there is no such field. */
        @Override
        public Object get(String name) {
            if (node.has(name)) {
                return value(node.get(name));
            }
            if (name.indexOf('.') < 0) {
                return outer == null ? null : outer.get(name);
            }
            JsonNode at = node;
            for (String step : name.split("\\.")) {
                at = at.isArray() && step.matches("\\d{1,9}") ? at.path(Integer.parseInt(step)) : at.path(step);
            }
            return at.isMissingNode() ? null : value(at);
        }

        private Object value(JsonNode found) {
            return found.isBoolean() ? (Object) found.booleanValue() : new Scope(found, this);
        }

        @Override
        public Iterator<Scope> iterator() {
            boolean nothing = node.isNull() || node.isTextual() && node.textValue().isEmpty();
            return node.isArray() ? node.valueStream().map(element -> new Scope(element, outer)).iterator()
                    : (nothing ? List.<Scope>of() : List.of(this)).iterator();
        }

        String text() {
            return node.isNull() ? "" : Json.plain(node);
        }
    }

    /** Stops a text that grows beyond its bound while it grows. */
    private static final class Bounded extends StringWriter {

        private final int most;

        Bounded(int most) {
            this.most = most;
        }

        @Override
        public StringWriter append(CharSequence more) {
            if (getBuffer().length() + more.length() > most) {
                throw new MustacheException("too long");
            }
            return super.append(more);
        }
    }

    private final class Names implements Mustache.Visitor {

        @Override
        public void visitText(String text) {
            // names alone are wanted
        }

        @Override
        public void visitVariable(String name) {
            names.add(name);
        }

        @Override
        public boolean visitInclude(String name) {
            throw new IllegalArgumentException("{{>" + name + "}}: a template cannot include another one");
        }

        @Override
        public boolean visitParent(String name) {
            return visitInclude(name);
        }

        @Override
        public boolean visitSection(String name) {
            names.add(name);
            return true;
        }

        @Override
        public boolean visitInvertedSection(String name) {
            return visitSection(name);
        }
    }
}
