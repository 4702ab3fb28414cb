//! The vectors of `tests/vectors/protocol`, attacks on the types, and claims over any input.

#[cfg(test)]
mod any_input;
#[cfg(test)]
mod attacks;
#[cfg(test)]
mod derivations;
#[cfg(test)]
mod file;
#[cfg(test)]
mod jws;
#[cfg(test)]
mod paper;
#[cfg(test)]
mod words;

/// One test a file, and one that no file is left out.
macro_rules! vectors {
    ($($test:ident: $file:literal, $reader:path;)*) => {
        #[cfg(test)]
        mod vectors {
            $(
                #[test]
                fn $test() {
                    super::file::File::read($file).check($reader);
                }
            )*

            #[test]
            fn every_file_of_vectors_has_a_test_that_reads_it() {
                assert_eq!(super::file::names(), [$($file),*]);
            }
        }
    };
}

vectors! {
    an_activation_is_taken_and_refused_as_its_vectors_say: "activation.json", crate::jws::read;
    an_answer_is_taken_and_refused_as_its_vectors_say: "answer.json", crate::jws::read;
    characters_may_be_shown_as_their_vectors_say: "characters.json", crate::words::character;
    checks_are_derived_as_their_vectors_say: "check.json", crate::derivations::check;
    code_secrets_are_derived_as_their_vectors_say: "codes.json", crate::derivations::code_secret;
    typed_numbers_are_read_as_their_vectors_say: "digits.json", crate::words::number;
    the_form_of_a_jws_is_taken_and_refused_as_its_vectors_say: "form.json", crate::jws::read;
    public_keys_are_read_and_named_as_their_vectors_say: "keys.json", crate::derivations::public_key;
    no_kind_of_jws_is_taken_for_another: "kinds.json", crate::jws::read;
    links_are_read_as_their_vectors_say: "links.json", crate::words::link;
    a_removal_is_taken_and_refused_as_its_vectors_say: "removal.json", crate::jws::read;
    a_reply_is_taken_and_refused_as_its_vectors_say: "reply.json", crate::jws::read;
    a_request_is_taken_and_refused_as_its_vectors_say: "request.json", crate::jws::read;
    a_server_statement_is_taken_and_refused_as_its_vectors_say: "server.json", crate::jws::read;
    signatures_of_key_stores_are_read_as_their_vectors_say: "signatures.json", crate::derivations::signature;
    texts_may_be_shown_as_their_vectors_say: "texts.json", crate::words::text;
    typed_codes_and_pins_are_read_as_their_vectors_say: "typed.json", crate::words::typed;
    an_update_is_taken_and_refused_as_its_vectors_say: "update.json", crate::jws::read;
    urls_are_taken_and_refused_as_their_vectors_say: "urls.json", crate::words::url;
    a_wait_is_taken_and_refused_as_its_vectors_say: "wait.json", crate::jws::read;
}
