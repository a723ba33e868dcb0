"""What is wrong with a tree that should be a prefix of another: errors in JAX's words."""

import difflib
import textwrap

from raxla._raxla import one_level


def _keys_text(keys):
    from raxla import tree_util

    return " ".join(tree_util.keystr((k,), simple=True) for k in keys)


def _indented(text):
    return textwrap.indent(text, "    ")


def prefix_errors(prefix, full, is_leaf=None, path=()):
    """Functions that each make an exception of the name of the prefix; none where it is one."""
    if is_leaf is not None and is_leaf(prefix):
        return
    node = one_level(prefix)
    if node is None:
        return

    def error(kind, *lines):
        def make(name):
            from raxla import tree_util

            where = name + tree_util.keystr(path)
            return ValueError("\n".join([f"pytree structure error: {kind} at key path", f"    {where}", *lines]).format(name=name))

        return make

    here = "At that key path, the prefix pytree {name} has a subtree of type"
    if type(prefix) is not type(full):
        yield error("different types", here, f"    {type(prefix)}", "but at the same key path the full pytree has a subtree of different type",
                    f"    {type(full)}.")
        return
    children, keys, data = node
    full_children, full_keys, full_data = one_level(full)
    if isinstance(prefix, (list, tuple)) and len(children) != len(full_children):
        name = type(prefix).__name__
        yield error(f"different lengths of {name}", f"{here} {name} of length {len(children)}, but the full pytree has a subtree of the same "
                    f"type but of length {len(full_children)}.")
        return
    if len(children) != len(full_children):
        texts = [_keys_text([k]) for k in keys], [_keys_text([k]) for k in full_keys]
        differ = [t for t in texts[0] if t not in texts[1]] + [t for t in texts[1] if t not in texts[0]]
        last = ["so the symmetric difference on key sets is", _indented(" ".join(differ))] if differ else []
        yield error("different numbers of pytree children", here, f"    {type(prefix)}", f"with {len(children)} child keys",
                    _indented(_keys_text(keys)), "but at the same key path the full pytree has a subtree of the same type but with "
                    f"{len(full_children)} child keys", _indented(_keys_text(full_keys)), *last)
        return
    if data != full_data:
        difference = "\n".join(difflib.ndiff(str(data).splitlines(), str(full_data).splitlines()))
        texts = [_indented(str(t)).replace("{", "{{").replace("}", "}}") for t in (data, full_data, difference)]
        yield error("different pytree metadata", here, f"    {type(prefix)}", "with metadata", texts[0],
                    "but at the same key path the full pytree has a subtree of the same type but with metadata", texts[1],
                    "so the diff in the metadata at these pytree nodes is", texts[2])
        return
    for key, child, full_child in zip(keys, children, full_children):
        yield from prefix_errors(child, full_child, is_leaf, (*path, key))


def raise_prefix_error(name, prefix, full, is_leaf=None):
    """Raises the first error of a prefix, if there is one."""
    for error in prefix_errors(prefix, full, is_leaf):
        raise error(name)
