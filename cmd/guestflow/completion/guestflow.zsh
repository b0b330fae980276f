#compdef guestflow
# Completion of guestflow for zsh: save it as _guestflow in a folder of $fpath, or after compinit: source <(guestflow completion zsh)
_guestflow() {
	local -a choices
	local choice
	for choice in "${(@f)$(${(Q)~words[1]} complete "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}"; do
		if [[ $choice == :files ]]; then
			compset -P '--*='
			_files
			return
		fi
		[[ -n $choice ]] && choices+=("${${choice%%$'\t'*}//:/\\:}:${choice#*$'\t'}")
	done
	_describe guestflow choices
}
if [[ $funcstack[1] == _guestflow ]]; then
	_guestflow "$@"
else
	compdef _guestflow guestflow
fi
