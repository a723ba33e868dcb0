//! `#[derive(Pytree)]`: a struct as a tree with its fields as branches.

use proc_macro::TokenStream;
use proc_macro2::{TokenStream as Tokens, TokenTree};
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Fields, GenericParam, Ident, Type, parse_macro_input};

/// Makes a struct a pytree whose leaves are its first type parameter.
///
/// Fields whose type mentions that parameter are branches; all others are static, part of the tree's structure.
#[proc_macro_derive(Pytree)]
pub fn derive_pytree(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}

fn mentions(tokens: Tokens, name: &Ident) -> bool {
    tokens.into_iter().any(|t| match t {
        TokenTree::Ident(i) => i == *name,
        TokenTree::Group(g) => mentions(g.stream(), name),
        _ => false,
    })
}

fn expand(input: &DeriveInput) -> syn::Result<Tokens> {
    let error = |text: &str| Err(syn::Error::new_spanned(&input.ident, text));
    let Data::Struct(data) = &input.data else {
        return error(
            "Pytree: only structs are trees; an enum without data is a static field: let it derive Clone, Debug, PartialEq, Eq and Hash instead",
        );
    };
    let Some(leaf) = input.generics.type_params().next().map(|p| p.ident.clone()) else {
        return error("Pytree: the struct needs a type parameter for its leaves, as in `struct Mlp<T = Tracer> { … }`");
    };
    let name = &input.ident;
    let members: Vec<(Tokens, String, &Type)> = match &data.fields {
        Fields::Named(fields) => fields
            .named
            .iter()
            .map(|f| {
                (
                    f.ident.as_ref().map(|i| quote!(#i)).unwrap_or_default(),
                    f.ident.as_ref().map(|i| i.to_string()).unwrap_or_default(),
                    &f.ty,
                )
            })
            .collect(),
        Fields::Unnamed(fields) => fields
            .unnamed
            .iter()
            .enumerate()
            .map(|(i, f)| {
                let index = syn::Index::from(i);
                (quote!(#index), i.to_string(), &f.ty)
            })
            .collect(),
        Fields::Unit => vec![],
    };
    let (mut tree_type, mut flatten, mut build, mut paths, mut keep) = (quote!(()), quote!(()), vec![], vec![], vec![]);
    // Nested pairs, since tuples of more than twelve are neither Eq nor Hash.
    for (i, (_, _, ty)) in members.iter().enumerate().rev() {
        let local = format_ident!("field_{i}");
        if mentions(quote!(#ty), &leaf) {
            tree_type = quote!((<#ty as ::raxla::pytree::Pytree>::Tree, #tree_type));
        } else {
            tree_type = quote!((#ty, #tree_type));
        }
        flatten = quote!((#local, #flatten));
    }
    let mut place = quote!(tree);
    for (i, (member, text, ty)) in members.iter().enumerate() {
        let local = format_ident!("field_{i}");
        if mentions(quote!(#ty), &leaf) {
            keep.push(quote!(let #local = ::raxla::pytree::Pytree::flatten(self.#member, leaves);));
            build.push(quote!(#member: ::raxla::pytree::Pytree::unflatten(&#place.0, leaves)));
            let path = format!(".{text}");
            paths.push(
                quote!(<#ty as ::raxla::pytree::Pytree>::visit_paths(&#place.0, &(at.to_string() + #path), found);),
            );
        } else {
            keep.push(quote!(let #local = self.#member;));
            build.push(quote!(#member: ::core::clone::Clone::clone(&#place.0)));
        }
        place = quote!(#place.1);
    }
    // The parameters, as declared and as applied; the leaf's is bounded.
    let (mut declared, mut applied, mut with) = (vec![], vec![], vec![]);
    for parameter in &input.generics.params {
        match parameter {
            GenericParam::Type(t) if t.ident == leaf => {
                let bounds = &t.bounds;
                declared.push(quote!(#leaf: ::raxla::pytree::Pytree + #bounds));
                applied.push(quote!(#leaf));
                with.push(quote!(<#leaf as ::raxla::pytree::Pytree>::With<__U>));
            }
            GenericParam::Type(t) => {
                let (ident, bounds) = (&t.ident, &t.bounds);
                declared.push(quote!(#ident: #bounds));
                applied.push(quote!(#ident));
                with.push(quote!(#ident));
            }
            GenericParam::Const(c) => {
                let (ident, ty) = (&c.ident, &c.ty);
                declared.push(quote!(const #ident: #ty));
                applied.push(quote!(#ident));
                with.push(quote!(#ident));
            }
            GenericParam::Lifetime(_) => {
                return error("Pytree: a tree owns what it holds, and can have no lifetime parameter");
            }
        }
    }
    let clause = &input.generics.where_clause;
    Ok(quote! {
        #[automatically_derived]
        impl<#(#declared),*> ::raxla::pytree::Pytree for #name<#(#applied),*> #clause {
            type Leaf = <#leaf as ::raxla::pytree::Pytree>::Leaf;
            type Tree = #tree_type;
            type With<__U: ::raxla::pytree::Leaf> = #name<#(#with),*>;
            fn flatten(self, leaves: &mut ::std::vec::Vec<Self::Leaf>) -> Self::Tree {
                #(#keep)*
                #flatten
            }
            fn unflatten(tree: &Self::Tree, leaves: &mut dyn ::core::iter::Iterator<Item = Self::Leaf>) -> Self {
                #name { #(#build),* }
            }
            fn visit_paths(tree: &Self::Tree, at: &str, found: &mut dyn ::core::ops::FnMut(::std::string::String)) {
                #(#paths)*
            }
        }
    })
}
