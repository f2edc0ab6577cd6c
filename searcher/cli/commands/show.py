"""The `show` command."""

from pathlib import Path

import click

from index.archive.identity import identify
from index.archive.post import Post, Save
from searcher import Searcher, open_searcher
from searcher.cli import completers
from searcher.cli.options import index_option, run_option, text
from searcher.cli.render import hit_list, minute
from searcher.export import count_noun, facts
from searcher.request import UnknownPostError
from searcher.results import dump_json, post_json


@click.command()
@click.argument("post_id", metavar="ID", type=text, shell_complete=completers.post_ids)
@index_option
@run_option("--related", is_flag=True, help="Show the posts that share most of what sets it apart, too.")
@run_option("--json", "as_json", is_flag=True, help="Print the post as one JSON object.")
@click.pass_context
def show(ctx: click.Context, post_id: str, location: str | Path, related: bool, as_json: bool) -> None:
    """Show one post with all its saves; ID as a hit names it, or the post's URL."""
    ctx.meta["json"] = as_json
    with open_searcher(location) as searcher:
        post = find_post(searcher, post_id)
        hashtags = searcher.labels(post.hashtags)
        hits = searcher.related(post.id) if related else ()
    if as_json:
        more = {"related": [hit.as_json() for hit in hits]} if related else {}
        click.echo(dump_json({**post_json(post, hashtags), **more}), nl=False)
    else:
        blocks = _post(post, hashtags)
        if related:
            blocks.append(_section("Related posts", "\n\n".join(hit_list(hits)) or "There are none."))
        click.echo("\n\n".join(block for block in blocks if block))


def find_post(searcher: Searcher, id_or_url: str) -> Post:
    """Return the post with an id or a URL; raise UnknownPostError if there is none."""
    post = searcher.post(id_or_url) or searcher.post(identify(id_or_url).id)
    if post is None:
        raise UnknownPostError(id_or_url)
    return post


def _post(post: Post, hashtags: tuple[str, ...]) -> list[str]:
    """Return the sections of a post, and its saves, the latest first; a missing section is empty."""
    content = post.latest.content
    return [
        f"{click.style(post.title, bold=True)}\n{post.url}\n{facts(post, hashtags)}",
        content.text,
        _section("Quoted", content.quoted),
        _section("AI summary", post.summary),
        *(_section(section.heading or "Further text", section.text) for section in post.latest.sections),
        _section("Links", "\n".join(f"{link.text or link.url}  {link.url}" for link in content.links)),
        _section("Images", "\n".join(content.images)),
        _section("Videos", "\n".join(content.videos)),
        _section(count_noun(len(post.saves), "save"), "\n\n".join(map(_save, reversed(post.saves)))),
    ]


def _section(title: str, text: str) -> str:
    return f"{click.style(title, bold=True)}\n{text}" if text else ""


def _save(save: Save) -> str:
    lines = [f"{minute(save.saved)}  {save.path}", f"  {save.title}", f"  {save.summary}" if save.summary else ""]
    lines += [f"  {text}" for text in save.other_side]
    return "\n".join(line for line in lines if line)
