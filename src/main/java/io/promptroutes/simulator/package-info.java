/** A stand-in for OpenRouter with its list, its faults and its bills, for trying things without paying. */
package io.promptroutes.simulator;
