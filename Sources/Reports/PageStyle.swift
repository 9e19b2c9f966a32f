/// How a page looks: on a screen by day and by night, wide and narrow, and on paper.
///
/// No font, picture or rule comes from elsewhere; colours have at least 4.5:1 against what is behind
/// them (WCAG 2.2, 1.4.3), and nothing is said by colour alone.
enum PageStyle {
  static let text = palette + layout + parts + timeline + charts + paper

  private static let palette = """
    :root{--paper:#fbfbfa;--card:#fff;--ink:#1d2126;--soft:#59616b;--line:#dfe2e6;--wash:#f1f2f4;
    --accent:#1f5fae;--good:#1a6e3c;--bad:#b3261e;--doubt:#855300;--rate:#b3261e;--slow:#1f5fae;
    --mark:#1d2126;--onmark:#fff;color-scheme:light dark}
    @media(prefers-color-scheme:dark){:root{--paper:#14171a;--card:#1b1f23;--ink:#e7e9ec;
    --soft:#a2abb5;--line:#333a41;--wash:#23282e;--accent:#8ab8f5;--good:#74d19a;--bad:#ff9a90;
    --doubt:#f0bd62;--rate:#ff9a90;--slow:#8ab8f5;--mark:#e7e9ec;--onmark:#14171a}}

    """

  private static let layout = """
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
    body{margin:0;background:var(--paper);color:var(--ink);
    font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
    header,main,footer{max-width:64rem;margin:0 auto;padding:0 1.25rem}
    header{padding-top:2.5rem}
    footer{padding-top:1.5rem;padding-bottom:4rem;color:var(--soft);font-size:.875rem}
    h1{font-size:1.75rem;line-height:1.25;margin:0 0 .35rem;letter-spacing:-.01em;
    overflow-wrap:anywhere}
    h2{font-size:1.2rem;line-height:1.3;margin:2.75rem 0 .9rem;padding-top:1.1rem;
    border-top:1px solid var(--line)}
    h3{font-size:1rem;margin:1.5rem 0 .4rem;overflow-wrap:anywhere}
    p{margin:.4rem 0}
    a{color:var(--accent)}
    :focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
    .skip{position:absolute;left:-100vw;top:.5rem;padding:.4rem .8rem;background:var(--card);
    border:1px solid var(--line);border-radius:6px}
    .skip:focus{left:.5rem}
    .lead{color:var(--soft);margin:0 0 1rem}
    .soft{color:var(--soft)}
    .open{border-left:4px solid var(--doubt);background:var(--wash);padding:.6rem .9rem;
    border-radius:0 6px 6px 0;margin:.6rem 0}
    .open::before{content:"To be written. ";font-weight:600;color:var(--doubt)}

    """

  private static let parts = """
    .word{display:inline-block;font-size:.8125rem;font-weight:600;padding:.05rem .55rem;
    border:1px solid currentcolor;border-radius:99px;vertical-align:.2em;white-space:nowrap}
    .good{color:var(--good)}.bad{color:var(--bad)}.doubtful{color:var(--doubt)}
    .faint{color:var(--soft)}.plain,.heading{color:var(--ink)}
    .facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(14rem,1fr));
    gap:.75rem 1.5rem;margin:1.25rem 0 0}
    .facts div{min-width:0}
    .facts dt{font-size:.8125rem;color:var(--soft)}
    .facts dd{margin:0;overflow-wrap:anywhere}
    .facts .wide{grid-column:1/-1}
    code,pre,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",
    monospace;font-size:.875em}
    pre{color:var(--ink);margin:.4rem 0;padding:.6rem .8rem;background:var(--wash);border:1px solid var(--line);
    border-radius:6px;white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.45;tab-size:2}
    pre.command{user-select:all;-webkit-user-select:all;border-left:3px solid var(--accent)}
    details{margin:.35rem 0}
    summary{cursor:pointer;color:var(--soft);font-size:.875rem;width:fit-content}
    summary:hover{color:var(--ink)}
    .scroll{overflow-x:auto}
    table{border-collapse:collapse;width:100%;font-size:.9375rem}
    th,td{text-align:left;padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--line);
    vertical-align:top;overflow-wrap:anywhere}
    th{font-size:.8125rem;font-weight:600;color:var(--soft)}
    td.number,th.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
    .who{white-space:nowrap}
    .bar{display:block;width:100%;min-width:6rem;height:1.4em}
    .bar rect{fill:var(--accent);opacity:.75}
    .bar rect.bad{fill:var(--bad)}
    .bar rect.doubtful{fill:var(--doubt)}
    ol.actions{list-style:none;margin:0;padding:0;display:grid;gap:1rem}
    ol.actions>li{background:var(--card);border:1px solid var(--line);border-radius:10px;
    padding:.9rem 1.1rem;min-width:0}
    .actions h3{margin:0 0 .15rem}
    .badge{display:inline-block;min-width:1.5rem;height:1.5rem;line-height:1.5rem;
    text-align:center;border-radius:99px;background:var(--mark);color:var(--onmark);
    font-size:.8125rem;font-weight:600;padding:0 .4rem;margin-right:.5rem;vertical-align:.05em}
    .caption{font-size:.8125rem;color:var(--soft);margin:.6rem 0 0}

    """

  private static let timeline = """
    #timeline ol{list-style:none;margin:0;padding:0}
    .item{display:grid;grid-template-columns:4.2rem 13px minmax(0,1fr);gap:0 .9rem;
    padding:.26rem 0;position:relative;align-items:start}
    .item>time{grid-column:1;color:var(--soft);font-size:.875rem;line-height:1.5rem;
    font-variant-numeric:tabular-nums;text-align:right}
    .item>div{grid-column:3;overflow-wrap:anywhere}
    .item::before{content:"";position:absolute;left:calc(5.1rem + 6px);top:0;bottom:0;width:1px;
    background:var(--line)}
    .item::after{content:"";grid-column:2;grid-row:1;justify-self:center;align-self:start;
    position:relative;margin-top:.47rem;width:9px;height:9px;border-radius:50%;
    background:var(--paper);border:2px solid var(--soft)}
    .item.good::after{border-color:var(--good);background:var(--good)}
    .item.bad::after{border-color:var(--bad);background:var(--bad)}
    .item.doubtful::after{border-color:var(--doubt);background:var(--doubt)}
    .item.heading{padding-top:1.1rem}
    .item.heading::after{border-color:var(--ink);background:var(--ink)}
    .item.heading .words{font-weight:600}
    .item.action::after{width:13px;height:13px;margin-top:.34rem;border-color:var(--mark);
    background:var(--mark)}
    .item>.date{grid-column:3;grid-row:1;font-weight:600;color:var(--soft);font-size:.875rem;
    padding:.6rem 0 .2rem}
    .item.day>time,.item.day>div,.item.day::after{grid-row:2}
    .took,.source{color:var(--soft);font-size:.875rem;margin-left:.5rem;white-space:nowrap}

    """

  private static let charts = """
    figure{margin:0 0 1.5rem;background:var(--card);border:1px solid var(--line);
    border-radius:10px;padding:.9rem 1.1rem 1rem}
    figcaption{font-weight:600;margin-bottom:.4rem}
    .plot{display:block;width:100%;overflow:visible}
    .plot text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;
    fill:var(--soft)}
    .plot .name{font-weight:600;fill:var(--ink)}
    .grid{stroke:var(--line);stroke-width:1}
    .curve{fill:none;stroke-width:2;vector-effect:non-scaling-stroke;stroke-linejoin:round}
    .area{stroke:none;opacity:.12}
    .rate{stroke:var(--rate)}.area.rate{fill:var(--rate)}.dot.rate{fill:var(--rate);stroke:none}
    .slow{stroke:var(--slow)}.area.slow{fill:var(--slow)}.dot.slow{fill:var(--slow);stroke:none}
    .area.rate,.area.slow{stroke:none}
    .mark line{stroke:var(--mark);stroke-width:1.5;stroke-dasharray:3 3}
    .mark circle{fill:var(--mark)}
    .plot .mark text{fill:var(--onmark);font-weight:600;text-anchor:middle}
    .plot a:focus-visible circle{stroke:var(--accent);stroke-width:3}

    """

  private static let paper = """
    @media(max-width:40rem){
    header{padding-top:1.5rem}
    h1{font-size:1.4rem}
    .item{grid-template-columns:13px minmax(0,1fr);gap:0 .7rem;padding:.4rem 0}
    .item>time,.item>div,.item>.date{grid-column:2;text-align:left}
    .item>div{grid-row:2}.item.day>div{grid-row:3}
    .item::after{grid-column:1}
    .item::before{left:6px}
    th,td{padding-right:.5rem}
    .wideonly,.plot .between{display:none}
    figure,ol.actions>li{padding:.75rem .8rem}}
    @media print{
    :root{--paper:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--wash:#f4f4f4;
    --accent:#1f5fae;--good:#1a6e3c;--bad:#b3261e;--doubt:#855300;--rate:#b3261e;--slow:#1f5fae;
    --mark:#000;--onmark:#fff;color-scheme:light}
    @page{margin:16mm 14mm}
    body{font-size:10.5pt;print-color-adjust:exact;-webkit-print-color-adjust:exact}
    header,main,footer{max-width:none;padding-left:0;padding-right:0}
    .skip,summary{display:none}
    details::details-content{content-visibility:visible;display:block}
    h1,h2,h3,summary{break-after:avoid}
    figure,ol.actions>li,tr,.item{break-inside:avoid}
    a{color:inherit;text-decoration:none}}
    """
}
