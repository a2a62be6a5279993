package io.promptroutes.ledger;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Weigher;
import io.promptroutes.ledger.Figures.By;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The rows of figures summed up by day, kept in memory until a row of the day changes, which the sum of their versions tells: most days of a
 * month are over. Thread-safe.
 */
final class FigureDays {

    /** Sums in memory, of some hundred bytes each. */
    private static final int MOST_KEPT = 20_000;

    private record Stamp(FigureKey.Kind kind, String day, long versions) {
    }

    private final Cache<List<Object>, Map<By, Map<String, CallSums>>> days = Caffeine.newBuilder().maximumWeight(MOST_KEPT)
            .weigher((Weigher<List<Object>, Map<By, Map<String, CallSums>>>) (key, sums) -> sums.values().stream().mapToInt(Map::size).sum()).build();

    /** By every dimension of the kind; the caller's own. @param since the first day */
    Map<By, Map<String, CallSums>> read(SqlSession tx, FigureKey.Kind kind, String since) throws SQLException {
        List<Stamp> stamps = tx.list("SELECT figure_day, SUM(version) AS versions FROM figures WHERE kind = ? AND figure_day >= ? GROUP BY figure_day",
                row -> new Stamp(kind, row.getString("figure_day"), row.getLong("versions")), kind, since);
        Map<By, Map<String, CallSums>> all = empty(kind);
        for (Stamp stamp : stamps) {
            List<Object> key = List.of(stamp.kind(), stamp.day(), stamp.versions());
            Map<By, Map<String, CallSums>> day = days.getIfPresent(key);
            if (day == null) {
                day = read(tx, stamp);
                days.put(key, day);
            }
            day.forEach((by, sums) -> sums.forEach((name, sum) -> all.get(by).computeIfAbsent(name, one -> new CallSums()).add(sum)));
        }
        return all;
    }

    private static Map<By, Map<String, CallSums>> read(SqlSession tx, Stamp stamp) throws SQLException {
        Map<By, Map<String, CallSums>> day = empty(stamp.kind());
        String names = day.keySet().stream().map(by -> "COALESCE(" + by.column() + ", '') AS by_" + by.name()).collect(Collectors.joining(", "));
        tx.list("SELECT " + names + ", " + CallSums.COLUMNS + " FROM figures WHERE kind = ? AND figure_day = ?", row -> {
            CallSums sums = new CallSums();
            sums.add(row);
            for (Map.Entry<By, Map<String, CallSums>> one : day.entrySet()) {
                one.getValue().computeIfAbsent(row.getString("by_" + one.getKey().name()), name -> new CallSums()).add(sums);
            }
            return null;
        }, stamp.kind(), stamp.day());
        return day;
    }

    private static Map<By, Map<String, CallSums>> empty(FigureKey.Kind kind) {
        Map<By, Map<String, CallSums>> empty = new EnumMap<>(By.class);
        Arrays.stream(By.values()).filter(by -> by.kind() == kind).forEach(by -> empty.put(by, new TreeMap<>()));
        return empty;
    }
}
