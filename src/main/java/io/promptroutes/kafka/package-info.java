/** Records in and out: the window of a partition, its offsets, dead letters and their replay. */
package io.promptroutes.kafka;
