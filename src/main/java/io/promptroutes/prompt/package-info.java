/** What comes in and what it asks: prompts, their fields and templates, and how JSON is read and written here. */
package io.promptroutes.prompt;
