-- Finding a client among ten million: every way of search is a range of a btree (docs/decisions/0013-search-by-ranges.md).

-- person_words: one row now holds a word of the name and, after it, the others, so that one range finds a word, two words
-- in either order, and a whole name. Rows of the form before (one word alone) stay findable, and code that still writes
-- them stays right.
create temporary table single_words on commit drop as
  select person_id, array_agg(word order by word) as words from person_words group by person_id;
delete from person_words using single_words s where person_words.person_id = s.person_id and cardinality(s.words) > 1;
insert into person_words (word, person_id)
select case when (j - i + n) % n = 1 then '' else '=' end
    || concat_ws(' ', words[i], words[j],
      (select string_agg(words[k], ' ' order by (k - i + n) % n) from generate_series(1, n) k where k not in (i, j))),
  person_id
from single_words, lateral (select least(cardinality(words), 6) as n) many,
  generate_series(1, n) i, generate_series(1, n) j
where n > 1 and i <> j
on conflict do nothing;

-- The dictionary of all words of names: under what an operator may type (the word, an ending of it, the word with one
-- letter left out), the word it may stand for. Grows with the variety of names, not with the number of people.
create table name_words (
  form text collate "C" not null,
  word text collate "C" not null,
  primary key (form, word)
);
insert into name_words (form, word)
with known as (select distinct unnest(words) as word from single_words)
select word, word from known
union select '%' || substr(word, s), word from known, generate_series(2, length(word) - 3) s
union select '-' || overlay(word placing '' from s for 1), word from known, generate_series(1, length(word)) s where length(word) >= 4;

-- Identifiers in whatever case they are typed.
create index people_id_folded on people (lower(person_id) collate "C");
create index clients_id_folded on clients (lower(client_id) collate "C");

-- Newest clients first, page by page: the key never changes, so that no page skips or repeats a row.
create index clients_newest on clients (first_seen_at, client_key);
drop index clients_first_seen;

-- SHA-256 of the token a client last signed in with. Apart from clients, whose updates it would keep from being HOT.
create table client_tokens (
  client_key uuid primary key,
  token_hash bytea not null
);
create index client_tokens_hash on client_tokens (token_hash);
