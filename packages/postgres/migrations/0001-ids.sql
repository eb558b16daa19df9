-- Numeric ids: int64 ≤ 2^53−1, opaque, unique over all kinds of rows, because they all come from one sequence.

create sequence id_numbers as bigint minvalue 1 maxvalue 4503599627370495; -- 2^52 − 1: what the network below permutes

-- A permutation of 0 … 2^52−1: a Feistel network over two halves of 26 bits. It hides how many rows there are and
-- which came first; it is no cipher. A Feistel network is a bijection whatever its round function does, so two
-- numbers never meet. Six rounds: with four, neighbouring inputs still shared visible bit patterns.
create function scramble_id(number bigint) returns bigint
  language plpgsql immutable strict parallel safe
as $$
declare
  half constant bigint := 67108863; -- 2^26 − 1
  round_keys constant bigint[] := array[48271917, 11938553, 60233149, 29875631, 5217983, 41160697];
  left_half bigint := number >> 26;
  right_half bigint := number & half;
  round_key bigint;
  mixed bigint;
begin
  foreach round_key in array round_keys loop
    mixed := (right_half # round_key) * 2654435761; -- 2^26 × 2^32 stays below 2^63
    mixed := left_half # (((mixed >> 19) # mixed) & half);
    left_half := right_half;
    right_half := mixed;
  end loop;
  return (left_half << 26) | right_half;
end
$$;

create function next_id() returns bigint
  language plpgsql volatile
as $$
declare
  id bigint := 0;
begin
  while id = 0 loop -- exactly one number maps to 0, and an id is positive
    id := scramble_id(nextval('id_numbers'));
  end loop;
  return id;
end
$$;
