"""Pictures from text: PNG cards and PDF carousels, typeset by typst (extra ``cards``).

values      what to typeset, as frozen values
slides      Markdown to slides
typeset     one call that gives the bytes; each typst run is a limited process of its own
process     that process
templates/  the cards that ship
"""
