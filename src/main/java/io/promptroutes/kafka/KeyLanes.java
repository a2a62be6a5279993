package io.promptroutes.kafka;

import java.util.concurrent.ConcurrentHashMap;

/**
 * Lets the records of one key of one partition through one after the other, in the order of their offsets: a lane for each key in
 * flight, so there are never more than records. Records without a key have no lane. Records enter on the poll thread and leave on
 * any; everything about a lane happens under its key's lock in the map, and what follows (the next record's route) outside of it.
 */
final class KeyLanes {

    /** A record in its lane. Guarded by the lane's lock. */
    static final class Place {

        private final Object key;
        private Acknowledgement next;
        private boolean first;
        private boolean left;

        Place(Object key) {
            this.key = key;
        }
    }

    private final ConcurrentHashMap<Object, Acknowledgement> lasts = new ConcurrentHashMap<>();

    /** Puts a record at the end of its lane; opens it where it is alone. */
    void enter(Acknowledgement record) {
        Place place = record.place;
        if (place == null) {
            return;
        }
        lasts.compute(place.key, (key, last) -> {
            if (last == null) {
                place.first = true;
            } else {
                last.place.next = record;
            }
            return record;
        });
        if (place.first) {
            record.open();
        }
    }

    /** Takes a record out, wherever it stands; opens the next one where it was the first. */
    void leave(Acknowledgement record) {
        Place place = record.place;
        if (place == null) {
            return;
        }
        Acknowledgement[] freed = new Acknowledgement[1];
        lasts.compute(place.key, (key, last) -> {
            place.left = true;
            if (!place.first) {
                return last;
            }
            Acknowledgement next = place.next;
            while (next != null && next.place.left) {
                next = next.place.next;
            }
            if (next != null) {
                next.place.first = true;
            }
            freed[0] = next;
            place.next = null;
            return next == null ? null : last;
        });
        if (freed[0] != null) {
            freed[0].open();
        }
    }

    /** Keys in flight. */
    int size() {
        return lasts.size();
    }
}
