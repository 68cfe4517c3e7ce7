from tests.test_admin_forms import *


def test_dbg(world):
    for model in admin.site._registry:
        before = comparable(everything())
        form = form_of(world[None], world[model])
        editable = EDITABLE.get(model, ())
        sent = {f.name: "1" for f in model._meta.fields if f.name not in editable} | as_sent(form)
        bound = type(form)(sent, instance=world[model])
        print(model, bound.is_valid(), bound.changed_data, bound.errors)
        world[None].post(address(world[model]), sent)
        after = comparable(everything())
        if after != before:
            print("CHANGED", model, sent)
