namespace KlaviyoExport.Sandbox.Pages;

/// <summary>The stylesheet: light and dark, from 390 pixels wide.</summary>
internal static class Stylesheet
{
    private const string Css = """
        :root { color-scheme: light dark; --ink: #1c2430; --soft: #566173; --paper: #f6f7f9; --card: #fff; --line: #dfe3e8; --link: #1257b8;
          --good: #14693a; --good-bg: #dff3e7; --bad: #a11a2a; --bad-bg: #fbe3e6; --wait: #7a5200; --wait-bg: #fcefcf; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e7ebf1; --soft: #a3aebd; --paper: #14181f; --card: #1c222b; --line: #333c49;
        --link: #8ab8ff;
          --good: #8fe0b0; --good-bg: #16351f; --bad: #ffa3ad; --bad-bg: #451820; --wait: #f3cf7a; --wait-bg: #3d300f; } }
        * { box-sizing: border-box; }
        body { margin: 0; font: 1rem/1.5 system-ui, "Segoe UI", "Noto Sans", sans-serif; color: var(--ink); background: var(--paper); }
        header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; padding: .75rem clamp(1rem, 4vw, 2.5rem);
        background: var(--card); border-bottom: 1px solid var(--line); }
        .name { font-weight: 700; color: inherit; text-decoration: none; }
        .note { color: var(--soft); font-size: .875rem; }
        nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; }
        header nav { margin-left: auto; }
        a { color: var(--link); }
        nav a { padding: .25rem 0; }
        nav a[aria-current] { font-weight: 600; text-decoration-thickness: 2px; }
        main { max-width: 90rem; margin: 0 auto; padding: 1rem clamp(1rem, 4vw, 2.5rem) 3rem; }
        h1 { font-size: 1.5rem; margin: .5rem 0 1rem; overflow-wrap: anywhere; } h2 { font-size: 1.2rem; margin: 0; }
        h3 { font-size: 1rem; margin: 1rem 0 .5rem; }
        .card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; margin: 0 0 1.25rem; }
        .narrow { max-width: 34rem; }
        .scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
        table { border-collapse: collapse; width: 100%; font-size: .9rem; }
        th, td { min-width: 6rem; text-align: left; vertical-align: top; padding: .45rem .75rem; border-bottom: 1px solid var(--line); }
        th { font-weight: 600; color: var(--soft); white-space: nowrap; }
        tbody tr:last-child td { border-bottom: 0; }
        th.number, td.number { min-width: 0; text-align: right; font-variant-numeric: tabular-nums; } time { white-space: nowrap; }
        code { font: .85em ui-monospace, "Cascadia Mono", Consolas, monospace; overflow-wrap: anywhere; }
        .badge { padding: .05rem .5rem; border-radius: 1rem; font-size: .85rem; color: var(--wait); background: var(--wait-bg); }
        .badge.complete { color: var(--good); background: var(--good-bg); }
        .badge.cancelled, .bad { color: var(--bad); background: var(--bad-bg); }
        .bad { padding: .05rem .4rem; border-radius: 1rem; font-size: .85rem; }
        .search { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: 0 0 1rem; }
        input[type=search] { flex: 1 1 12rem; max-width: 24rem; font: inherit; color: inherit; background: var(--card);
        border: 1px solid var(--soft); border-radius: .375rem; padding: .35rem .6rem; }
        button { font: inherit; padding: .35rem 1rem; border: 1px solid var(--link); border-radius: .375rem; background: var(--link);
        color: var(--card); cursor: pointer; }
        button.plain { background: transparent; color: var(--link); }
        :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
        fieldset { border: 1px solid var(--line); border-radius: .375rem; } .choice { display: block; padding: .25rem 0; }
        .pager { margin: 1rem 0; align-items: center; } .empty { color: var(--soft); }
        dl { margin: .5rem 0; display: grid; grid-template-columns: max-content 1fr; gap: .1rem .75rem; } dt { color: var(--soft); }
        dd { margin: 0; overflow-wrap: anywhere; }
        summary { cursor: pointer; }
        @media (max-width: 40rem) {
          thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); } .scroll { position: relative; }
          table, tbody { display: block; } tr { display: block; padding: .5rem .75rem; border-bottom: 1px solid var(--line); }
          tbody tr:last-child { border-bottom: 0; }
          td, td.number { display: flex; justify-content: space-between; gap: 1rem; padding: .15rem 0; border: 0; text-align: right;
          overflow-wrap: anywhere; }
          td::before { content: attr(data-label); flex: none; color: var(--soft); } td details { min-width: 0; } td dl { text-align: left; }
          header nav { margin-left: 0; }
        }
        """;

    public static Task Send(HttpContext http)
    {
        http.Response.ContentType = "text/css; charset=utf-8";
        return http.Response.WriteAsync(Css, http.RequestAborted);
    }
}
