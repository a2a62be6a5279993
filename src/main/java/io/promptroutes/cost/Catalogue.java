package io.promptroutes.cost;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The models that OpenRouter offers, with their prices and limits: the copy in the jar until a fetched list takes its place.
 * Thread-safe: a list is exchanged whole, and each question is answered from one list. The jar's copy is read at the first question.
 */
public final class Catalogue {

    private static final String SHIPPED = "/models.json";

    private volatile Snapshot snapshot;

    private Catalogue() {
    }

    public static Catalogue shipped() {
        return new Catalogue();
    }

    /**
     * Takes a body of {@code GET /models} in place of what there is. Rows that cannot be read are left out and counted.
     *
     * @param live false for a copy that was kept from an earlier run
     * @throws IllegalArgumentException for a body without a readable row; what there was stays
     */
    public void replace(byte[] modelsJson, Instant fetchedAt, boolean live) {
        Snapshot fetched = Snapshot.read(modelsJson, Objects.requireNonNull(fetchedAt), live);
        synchronized (this) {
            snapshot = fetched;
        }
    }

    /** By id, else by canonical slug, else without a variant that only asks for another routing ({@code :nitro}). */
    public Optional<Model> find(String idOrSlug) {
        return idOrSlug == null ? Optional.empty() : Optional.ofNullable(current().find(idOrSlug));
    }

    /**
     * Whether an answer that names {@code served} came from the model that was asked for: variants, dates, an alias and the
     * order of the words in a dated slug make no difference. A router ({@code openrouter/free}) is no model: whatever it picks is another.
     */
    public boolean sameModel(String requested, String served) {
        if (requested == null || served == null) {
            return false;
        }
        Snapshot now = current();
        Model wanted = now.resolve(requested);
        Model got = now.resolve(served);
        if (wanted != null && got != null) {
            return wanted.canonicalSlug().equals(got.canonicalSlug());
        }
        Set<String> common = new HashSet<>(families(requested, wanted));
        common.retainAll(families(served, got));
        return !common.isEmpty();
    }

    private static Set<String> families(String name, Model model) {
        if (model == null) {
            return Set.of(ModelNames.family(name));
        }
        return new HashSet<>(List.of(ModelNames.family(name), ModelNames.family(model.id()), ModelNames.family(model.canonicalSlug())));
    }

    /**
     * Whether the list offers it for a chat under this name. Batch prices are no offer, and aliases are left to those who ask for one
     * by name: an alias moves to another model, at another price, without notice.
     */
    public boolean callable(String id) {
        return callable(id, false);
    }

    /** As {@link #callable(String)}; {@code aliasesToo} where somebody named the model. */
    public boolean callable(String id, boolean aliasesToo) {
        return find(id).filter(model -> !ModelNames.batch(model.id()))
                .filter(model -> aliasesToo || !ModelNames.alias(model.id())).isPresent();
    }

    /** The listed model whose name is nearest to one that is not listed any more: a hint for people, never taken by itself. */
    public Optional<String> successorOf(String missingId) {
        return missingId == null ? Optional.empty() : Successor.of(missingId, all().stream()
                .filter(model -> callable(model.id())).toList());
    }

    /** Whether a call of it costs nothing: by its name, or by its price. */
    public boolean free(String id) {
        return id.endsWith(":free") || id.equals("openrouter/free") || find(id).map(model -> model.price().free()).orElse(false);
    }

    /** Whether {@code id} asks less for an output token than {@code than}; true where either price is not known. */
    public boolean cheaper(String id, String than) {
        BigDecimal mine = find(id).map(model -> model.price().completion()).orElse(null);
        BigDecimal other = find(than).map(model -> model.price().completion()).orElse(null);
        return mine == null || other == null || mine.compareTo(other) < 0;
    }

    public List<Model> all() {
        return current().models();
    }

    /** True once the list was fetched from OpenRouter in this run: only then does a missing id mean that a model is gone. */
    public boolean live() {
        return current().live();
    }

    public Instant asOf() {
        return current().asOf();
    }

    /** Rows of the list that could not be read. */
    public int skipped() {
        return current().skipped();
    }

    private Snapshot current() {
        Snapshot now = snapshot;
        return now != null ? now : load();
    }

    private synchronized Snapshot load() {
        if (snapshot == null) {
            try (InputStream in = Catalogue.class.getResourceAsStream(SHIPPED)) {
                snapshot = Snapshot.read(in.readAllBytes(), null, false);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return snapshot;
    }
}
