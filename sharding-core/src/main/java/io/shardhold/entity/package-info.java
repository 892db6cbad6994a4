/** What an application writes and calls: entities, their types, references to them, codecs, and what can fail. */
package io.shardhold.entity;
